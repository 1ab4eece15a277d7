/* The calls that are recorded. Each records what goes in, makes the call, and records what comes
 * out. The program sees what the call did alone: also `errno` is as the call left it.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "capture.h"

#define ID_BYTES 16u
/* Longer than the structure is in any release. */
#define MATCH_RESULT_BYTES 512u
/* As sys/socket.h of XNU numbers them. */
enum { NECP_ATTRIBUTES = 0x1109, NECP_CLIENTUUID = 0x1111, RESOLVER_SIGNATURE = 0x1131 };

/* UPDATE_CACHE passes a pointer and a length in its buffer: struct necp_cache_buffer. */
#define ACTION_UPDATE_CACHE 14
#define CACHE_BUFFER_BYTES 16u
#define CACHE_LENGTH_OFFSET 4
#define CACHE_ADDRESS_OFFSET 8

static uint64_t at_least_an_id(size_t bytes) { return bytes < ID_BYTES ? ID_BYTES : bytes; }

int captured_necp_open(int flags) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NECP_OPEN)) {
        return real_calls()->necp_open(flags);
    }
    record_argument(&record, 0, (uint64_t)flags);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->necp_open(flags);
    int error = errno;
    record_call_ended(&record, result, error);
    descriptor_note(result, DESCRIPTOR_NECP);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_necp_session_open(int flags) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NECP_SESSION_OPEN)) {
        return real_calls()->necp_session_open(flags);
    }
    record_argument(&record, 0, (uint64_t)flags);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->necp_session_open(flags);
    int error = errno;
    record_call_ended(&record, result, error);
    descriptor_note(result, DESCRIPTOR_NECP);
    record_finish(&record);
    errno = error;
    return result;
}

/* What the pointer in the buffer of UPDATE_CACHE leads to. */
static void record_cache(struct record *record) {
    uint32_t bytes;
    const unsigned char *content = record_found(record, 4, &bytes);
    if (content == NULL || bytes < CACHE_BUFFER_BYTES) {
        return;
    }
    uint32_t length;
    uint64_t address;
    memcpy(&length, content + CACHE_LENGTH_OFFSET, sizeof length);
    memcpy(&address, content + CACHE_ADDRESS_OFFSET, sizeof address);
    struct passed cache = {BUFFER_BEHIND + 4, (const void *)(uintptr_t)address, length};
    record_before(record, &cache, 1);
}

int captured_necp_client_action(int fd, uint32_t action, unsigned char *client_id,
                                size_t client_id_len, uint8_t *buffer, size_t buffer_size) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NECP_CLIENT_ACTION)) {
        return real_calls()->necp_client_action(fd, action, client_id, client_id_len, buffer,
                                                buffer_size);
    }
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, action);
    record_argument(&record, 2, (uintptr_t)client_id);
    record_argument(&record, 3, client_id_len);
    record_argument(&record, 4, (uintptr_t)buffer);
    record_argument(&record, 5, buffer_size);
    const struct passed passed[] = {{2, client_id, at_least_an_id(client_id_len)},
                                    {4, buffer, buffer_size}};
    record_before(&record, passed, 2);
    if (action == ACTION_UPDATE_CACHE) {
        record_cache(&record);
    }
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->necp_client_action(fd, action, client_id, client_id_len, buffer,
                                                  buffer_size);
    int error = errno;
    record_call_ended(&record, result, error);
    record_after(&record, passed, 2, result == -1 && error == EFAULT);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_necp_session_action(int fd, uint32_t action, uint8_t *in_buffer,
                                 size_t in_buffer_length, uint8_t *out_buffer,
                                 size_t out_buffer_length) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NECP_SESSION_ACTION)) {
        return real_calls()->necp_session_action(fd, action, in_buffer, in_buffer_length,
                                                 out_buffer, out_buffer_length);
    }
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, action);
    record_argument(&record, 2, (uintptr_t)in_buffer);
    record_argument(&record, 3, in_buffer_length);
    record_argument(&record, 4, (uintptr_t)out_buffer);
    record_argument(&record, 5, out_buffer_length);
    const struct passed passed[] = {{2, in_buffer, in_buffer_length},
                                    {4, out_buffer, out_buffer_length}};
    record_before(&record, passed, 2);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->necp_session_action(fd, action, in_buffer, in_buffer_length,
                                                   out_buffer, out_buffer_length);
    int error = errno;
    record_call_ended(&record, result, error);
    record_after(&record, &passed[1], 1, result == -1 && error == EFAULT);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_necp_match_policy(uint8_t *parameters, size_t parameters_size, void *result_buffer) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NECP_MATCH_POLICY)) {
        return real_calls()->necp_match_policy(parameters, parameters_size, result_buffer);
    }
    record_argument(&record, 0, (uintptr_t)parameters);
    record_argument(&record, 1, parameters_size);
    record_argument(&record, 2, (uintptr_t)result_buffer);
    const struct passed passed[] = {{0, parameters, parameters_size},
                                    {2, result_buffer, MATCH_RESULT_BYTES}};
    record_before(&record, passed, 2);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->necp_match_policy(parameters, parameters_size, result_buffer);
    int error = errno;
    record_call_ended(&record, result, error);
    record_after(&record, &passed[1], 1, result == -1 && error == EFAULT);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_netagent_trigger(unsigned char *agent_uuid, size_t agent_uuid_length) {
    struct record record;
    int before = errno;
    if (!record_begin(&record, CALL_NETAGENT_TRIGGER)) {
        return real_calls()->netagent_trigger(agent_uuid, agent_uuid_length);
    }
    record_argument(&record, 0, (uintptr_t)agent_uuid);
    record_argument(&record, 1, agent_uuid_length);
    const struct passed passed = {0, agent_uuid, at_least_an_id(agent_uuid_length)};
    record_before(&record, &passed, 1);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->netagent_trigger(agent_uuid, agent_uuid_length);
    int error = errno;
    record_call_ended(&record, result, error);
    record_finish(&record);
    errno = error;
    return result;
}

/* Closing an fd of NECP's or a socket that it knows. Before the call another thread cannot get the
 * number; afterwards it can, so the fd is forgotten first. */
int captured_close(int fd, int (*real_close)(int)) {
    struct record record;
    int before = errno;
    if (descriptor_kind(fd) == DESCRIPTOR_OTHER || !process_is_known() ||
        !record_begin(&record, CALL_CLOSE)) {
        errno = before;
        return real_close(fd);
    }
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, (uint64_t)descriptor_forget(fd));
    record_call_starts(&record);
    errno = before;
    int result = real_close(fd);
    int error = errno;
    record_call_ended(&record, result, error);
    record_finish(&record);
    errno = error;
    return result;
}

static bool is_about_necp(int level, int name) {
    return level == SOL_SOCKET &&
           (name == NECP_ATTRIBUTES || name == NECP_CLIENTUUID || name == RESOLVER_SIGNATURE);
}

/* Both addresses of a socket, as far as it has them. */
void record_socket_names(struct record *record, int fd) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) == 0 && length <= sizeof name) {
        record_bytes(record, BUFFER_LOCAL_NAME, &name, length);
    }
    length = sizeof name;
    if (getpeername(fd, (struct sockaddr *)&name, &length) == 0 && length <= sizeof name) {
        record_bytes(record, BUFFER_REMOTE_NAME, &name, length);
    }
}

int captured_setsockopt(int fd, int level, int name, const void *value, uint32_t length) {
    struct record record;
    int before = errno;
    if (!is_about_necp(level, name) || !record_begin(&record, CALL_SETSOCKOPT)) {
        return real_calls()->setsockopt(fd, level, name, value, length);
    }
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, (uint64_t)level);
    record_argument(&record, 2, (uint64_t)name);
    record_argument(&record, 3, (uintptr_t)value);
    record_argument(&record, 4, length);
    const struct passed passed = {3, value, length};
    record_before(&record, &passed, 1);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->setsockopt(fd, level, name, value, length);
    int error = errno;
    record_call_ended(&record, result, error);
    if (result == 0) {
        descriptor_note(fd, DESCRIPTOR_SOCKET);
    }
    record_socket_names(&record, fd);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_getsockopt(int fd, int level, int name, void *value, uint32_t *length) {
    struct record record;
    int before = errno;
    if (!is_about_necp(level, name) || !record_begin(&record, CALL_GETSOCKOPT)) {
        return real_calls()->getsockopt(fd, level, name, value, length);
    }
    uint32_t wanted = 0;
    const struct copy copy = {&wanted, length, length == NULL ? 0 : sizeof wanted};
    memory_read(record.process, &copy);
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, (uint64_t)level);
    record_argument(&record, 2, (uint64_t)name);
    record_argument(&record, 3, (uintptr_t)value);
    record_argument(&record, 4, (uintptr_t)length);
    const struct passed passed[] = {{3, value, wanted}, {4, length, sizeof wanted}};
    record_before(&record, passed, 2);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->getsockopt(fd, level, name, value, length);
    int error = errno;
    record_call_ended(&record, result, error);
    record_after(&record, passed, 2, result == -1 && error == EFAULT);
    record_socket_names(&record, fd);
    record_finish(&record);
    errno = error;
    return result;
}

int captured_connect(int fd, const struct sockaddr *address, uint32_t length) {
    struct record record;
    int before = errno;
    if (descriptor_kind(fd) != DESCRIPTOR_SOCKET || !record_begin(&record, CALL_CONNECT)) {
        errno = before;
        return real_calls()->connect(fd, address, length);
    }
    record_argument(&record, 0, (uint64_t)fd);
    record_argument(&record, 1, (uintptr_t)address);
    record_argument(&record, 2, length);
    const struct passed passed = {1, address, length};
    record_before(&record, &passed, 1);
    record_call_starts(&record);
    errno = before;
    int result = real_calls()->connect(fd, address, length);
    int error = errno;
    record_call_ended(&record, result, error);
    record_socket_names(&record, fd);
    record_finish(&record);
    errno = error;
    return result;
}
