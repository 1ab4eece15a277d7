/* Declares what the part of the recording library for macOS uses of that system, so that its types
 * can be checked elsewhere. The names and types are those of Apple's public headers. */
#define _DEFAULT_SOURCE 1
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#define weak_import weak

struct iovec;
typedef uint32_t sae_associd_t;
typedef uint32_t sae_connid_t;
typedef struct sa_endpoints {
    unsigned int sae_srcif;
    const struct sockaddr *sae_srcaddr;
    socklen_t sae_srcaddrlen;
    const struct sockaddr *sae_dstaddr;
    socklen_t sae_dstaddrlen;
} sa_endpoints_t;
int connectx(int, const sa_endpoints_t *, sae_associd_t, unsigned int, const struct iovec *,
             unsigned int, size_t *, sae_connid_t *);

#define CLOCK_UPTIME_RAW 8
uint64_t clock_gettime_nsec_np(int);
