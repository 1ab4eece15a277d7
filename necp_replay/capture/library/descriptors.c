/* Which fds of this process belong to NECP, as far as the library saw them open. */
#include <stdatomic.h>

#include "capture.h"

/* A higher fd is not followed. */
#define DESCRIPTORS (1 << 20)

static _Atomic unsigned char kinds[DESCRIPTORS];
/* One more than the highest fd that was ever noted, so that few are looked through. */
static _Atomic int noted;

void descriptor_note(int fd, enum descriptor_kind kind) {
    if (fd < 0 || fd >= DESCRIPTORS || !process_is_known()) {
        return;
    }
    atomic_store(&kinds[fd], (unsigned char)kind);
    int before = atomic_load(&noted);
    while (before <= fd && !atomic_compare_exchange_weak(&noted, &before, fd + 1)) {
    }
}

enum descriptor_kind descriptor_kind(int fd) {
    return fd < 0 || fd >= DESCRIPTORS ? DESCRIPTOR_OTHER
                                       : (enum descriptor_kind)atomic_load(&kinds[fd]);
}

enum descriptor_kind descriptor_forget(int fd) {
    if (fd < 0 || fd >= DESCRIPTORS || !process_is_known()) {
        return DESCRIPTOR_OTHER;
    }
    return (enum descriptor_kind)atomic_exchange(&kinds[fd], DESCRIPTOR_OTHER);
}

/* The system closes NECP's fds in a new process, and keeps sockets. */
void descriptors_lose_necp(void) {
    int end = atomic_load(&noted);
    for (int fd = 0; fd < end; fd++) {
        unsigned char kind = DESCRIPTOR_NECP;
        atomic_compare_exchange_strong(&kinds[fd], &kind, DESCRIPTOR_OTHER);
    }
}

/* Whether any fd was ever noted. Before, nothing has to be looked through. */
bool descriptors_are_noted(void) { return atomic_load(&noted) != 0; }
