// The part of OpenSSL that is measured. Its low-level functions are the fastest it has; they are
// marked as old, and are what its own assembly is called by.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
