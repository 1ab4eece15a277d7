/* Memory for records that are being made.
 *
 * A call takes a slot without a lock, so a signal may interrupt it and its handler record calls
 * too. Of a call that never ends, such as one that a handler jumped out of, the slot stays taken.
 * When none is left a call maps memory of its own.
 */
#define _DEFAULT_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#include "capture.h"

#define SLOTS 64
#define OWN_SLOT (-1)

/* Pages that are never written to take no memory. */
static _Alignas(16) unsigned char slots[SLOTS][SLOT_BYTES];
static _Atomic uint64_t taken;

unsigned char *slot_take(int *number) {
    uint64_t before = atomic_load_explicit(&taken, memory_order_relaxed);
    while (~before != 0) {
        int free_slot = __builtin_ctzll(~before);
        if (atomic_compare_exchange_weak_explicit(&taken, &before, before | 1ULL << free_slot,
                                                  memory_order_acquire, memory_order_relaxed)) {
            *number = free_slot;
            return slots[free_slot];
        }
    }
    void *own = mmap(NULL, SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    *number = OWN_SLOT;
    return own == MAP_FAILED ? NULL : own;
}

void slot_give_back(unsigned char *slot, int number) {
    if (number == OWN_SLOT) {
        munmap(slot, SLOT_BYTES);
    } else {
        atomic_fetch_and_explicit(&taken, ~(1ULL << number), memory_order_release);
    }
}
