/* Tells the thread sanitizer what the standard library's Mutex does when there is somebody to wait for:
 *   clang -O2 -shared -fPIC -o tsan_mutex.so tsan_mutex.c
 *   LD_PRELOAD=./tsan_mutex.so program
 * What nobody contends for is taken and released by code that the compiler puts into the program, and instruments;
 * the rest is done by libswiftSynchronization.so and the kernel, and the sanitizer does not see that the new owner
 * comes after the old one. Linux only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* Methods of Synchronization._MutexHandle, which is self: _lockSlow(UInt32) and _unlockSlow(). */
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *handle);
typedef __attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *handle);

/* Absent from programs that are not instrumented. */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

lock_slow lock __asm__(LOCK);
unlock_slow unlock __asm__(UNLOCK);

static void *next(void **known, const char *name) {
    void *function = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (function == 0) {
        function = dlsym(RTLD_NEXT, name);
        __atomic_store_n(known, function, __ATOMIC_RELAXED);
    }
    return function;
}

__attribute__((swiftcall)) void lock(uint32_t thread, __attribute__((swift_context)) void *handle) {
    static void *known;
    ((lock_slow *)next(&known, LOCK))(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

__attribute__((swiftcall)) void unlock(__attribute__((swift_context)) void *handle) {
    static void *known;
    if (__tsan_release) __tsan_release(handle);
    ((unlock_slow *)next(&known, UNLOCK))(handle);
}
