#include <stdint.h>
typedef unsigned int mach_port_t;
typedef unsigned int mach_msg_type_number_t;
typedef int kern_return_t;
typedef int *vm_region_info_t;
typedef struct {
    int protection, max_protection;
    unsigned int inheritance, shared, reserved;
    unsigned long long offset;
    int behavior;
    unsigned short user_wired_count;
} vm_region_basic_info_data_64_t;
extern uintptr_t vm_page_size;
mach_port_t mach_task_self(void);
#define KERN_SUCCESS 0
#define MACH_PORT_NULL 0
#define VM_PROT_WRITE 2
#define VM_REGION_BASIC_INFO_64 9
#define VM_REGION_BASIC_INFO_COUNT_64                                                             \
    ((mach_msg_type_number_t)(sizeof(vm_region_basic_info_data_64_t) / sizeof(int)))
