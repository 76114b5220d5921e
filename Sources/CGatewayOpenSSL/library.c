#include <openssl/crypto.h>

/*
 * exit() runs OpenSSL's clean-up while other threads go on. Event loops are still in the middle of handshakes
 * then, unless everybody has remembered to stop them, and would use what was freed. What the process holds
 * ends with it anyway. Only the first initialisation is asked, so this comes before anything else.
 */
__attribute__((constructor)) static void gw_keep_until_the_end(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}
