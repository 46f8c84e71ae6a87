#define _GNU_SOURCE
#include "CMartletHost.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static int fill(struct sockaddr_un *address, const char *path) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  size_t length = strlen(path);
  if (length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address->sun_path, path, length);
  return 0;
}

int martlet_unix_bind(int type, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) < 0) return -1;
  int descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0 || path[0] == 0) return descriptor;
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

int martlet_unix_connect(int descriptor, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) < 0) return -1;
  return connect(descriptor, (struct sockaddr *)&address, sizeof address);
}

int martlet_host_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
  return accept4(descriptor, address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

ssize_t martlet_send_descriptor(int descriptor, const void *bytes, size_t length, int passed) {
  struct iovec part = {(void *)bytes, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control = {0};
  if (passed >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof passed);
  }
  return sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

ssize_t martlet_receive_descriptor(int descriptor, void *bytes, size_t length, int *passed) {
  struct iovec part = {bytes, length};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control;
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  *passed = -1;
  ssize_t result = recvmsg(descriptor, &message, MSG_CMSG_CLOEXEC);
  if (result < 0) return result;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
    memcpy(passed, CMSG_DATA(header), sizeof *passed);
  return result;
}

static int enter(const char *path, int kind) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  int result = setns(descriptor, kind);
  int code = errno;
  close(descriptor);
  errno = code;
  return result;
}

int martlet_enter_network(const char *path, const char *user_path) {
  // One's own user namespace cannot be entered again, and need not be.
  if (user_path != NULL && enter(user_path, CLONE_NEWUSER) < 0 && errno != EINVAL) return -1;
  return enter(path, CLONE_NEWNET);
}
