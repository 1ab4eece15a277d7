#include <pthread.h>
#include <stdint.h>
struct kevent {
    uintptr_t ident;
    int16_t filter;
    uint16_t flags;
    uint32_t fflags;
    intptr_t data;
    void *udata;
};
struct kevent64_s {
    uint64_t ident;
    int16_t filter;
    uint16_t flags;
    uint32_t fflags;
    int64_t data;
    uint64_t udata, ext[2];
};
int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *);
int kevent64(int, const struct kevent64_s *, int, struct kevent64_s *, int, unsigned int,
             const struct timespec *);
int pthread_threadid_np(pthread_t, uint64_t *);
