/* Counts what the program it is preloaded into allocates:
 *   cc -O2 -shared -fPIC -o allocations.so allocations.c -ldl
 *   LD_PRELOAD=./allocations.so program
 * prints "allocations N" to standard error when the program ends. Linux only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static atomic_ulong allocations;
static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_aligned)(size_t, size_t);
static int (*next_memalign)(void **, size_t, size_t);

/* dlsym itself allocates a little while the real functions are still unknown. */
static char early[4096];
static size_t early_used;

static void *from_early(size_t size) {
    void *memory = early + early_used;
    early_used += (size + 15) & ~(size_t)15;
    return early_used <= sizeof early ? memory : NULL;
}

static int is_early(void *memory) { return (char *)memory >= early && (char *)memory < early + sizeof early; }

void *malloc(size_t size) {
    if (!next_malloc) next_malloc = dlsym(RTLD_NEXT, "malloc");
    atomic_fetch_add(&allocations, 1);
    return next_malloc(size);
}

void *calloc(size_t count, size_t size) {
    static int looking;
    if (!next_calloc) {
        if (looking) return from_early(count * size);
        looking = 1;
        next_calloc = dlsym(RTLD_NEXT, "calloc");
        looking = 0;
    }
    atomic_fetch_add(&allocations, 1);
    return next_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    if (!next_realloc) next_realloc = dlsym(RTLD_NEXT, "realloc");
    atomic_fetch_add(&allocations, 1);
    if (is_early(memory)) {
        void *copy = malloc(size);
        size_t rest = (size_t)(early + sizeof early - (char *)memory);
        return copy ? memcpy(copy, memory, size < rest ? size : rest) : NULL;
    }
    return next_realloc(memory, size);
}

void free(void *memory) {
    static void (*next_free)(void *);
    if (is_early(memory)) return;
    if (!next_free) next_free = dlsym(RTLD_NEXT, "free");
    next_free(memory);
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (!next_aligned) next_aligned = dlsym(RTLD_NEXT, "aligned_alloc");
    atomic_fetch_add(&allocations, 1);
    return next_aligned(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (!next_memalign) next_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    atomic_fetch_add(&allocations, 1);
    return next_memalign(memory, alignment, size);
}

__attribute__((destructor)) static void report(void) {
    fprintf(stderr, "allocations %lu\n", atomic_load(&allocations));
}
