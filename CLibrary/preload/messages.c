// Calls with several buffers: readv, writev, sendmsg, recvmsg.

#include "preload.h"

static int is_stream(int number) {
  int type = 0;
  socklen_t length = sizeof type;
  MARTLET(martlet_getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &length));
  return type == SOCK_STREAM;
}

static ssize_t total(const struct iovec *parts, size_t count) {
  size_t sum = 0;
  for (size_t index = 0; index < count; index++) sum += parts[index].iov_len;
  return sum;
}

/// Sends a stream's parts one after another; only the last ends the segment.
static ssize_t send_stream(int number, const struct iovec *parts, size_t count, int flags) {
  ssize_t sent = 0;
  for (size_t index = 0; index < count; index++) {
    int more = index + 1 < count ? MSG_MORE : 0;
    ssize_t length = MARTLET(
        martlet_send(number, parts[index].iov_base, parts[index].iov_len, flags | more));
    if (length < 0) return sent > 0 ? sent : -1;
    sent += length;
    if ((size_t)length < parts[index].iov_len) break;
  }
  return sent;
}

static ssize_t receive_stream(int number, const struct iovec *parts, size_t count, int flags) {
  ssize_t received = 0;
  for (size_t index = 0; index < count; index++) {
    if (parts[index].iov_len == 0) continue;
    // Only the first part is waited for.
    int now = received > 0 && !(flags & MSG_WAITALL) ? MSG_DONTWAIT : 0;
    ssize_t length = MARTLET(
        martlet_recv(number, parts[index].iov_base, parts[index].iov_len, flags | now));
    if (length < 0) return received > 0 ? received : -1;
    received += length;
    if ((size_t)length < parts[index].iov_len || flags & MSG_PEEK) break;
  }
  return received;
}

static ssize_t send_datagram(int number, const struct msghdr *message, int flags) {
  ssize_t length = total(message->msg_iov, message->msg_iovlen), place = 0;
  if (length > 65507) {
    errno = EMSGSIZE;
    return -1;
  }
  char bytes[length + 1];
  for (size_t index = 0; index < message->msg_iovlen; index++) {
    memcpy(bytes + place, message->msg_iov[index].iov_base, message->msg_iov[index].iov_len);
    place += message->msg_iov[index].iov_len;
  }
  return MARTLET(
      martlet_sendto(number, bytes, length, flags, message->msg_name, message->msg_namelen));
}

static ssize_t receive_datagram(int number, struct msghdr *message, int flags) {
  ssize_t room = total(message->msg_iov, message->msg_iovlen);
  if (room > 65536) room = 65536;
  char bytes[room + 1];
  ssize_t length = MARTLET(martlet_recvfrom(number, bytes, room, flags | MSG_TRUNC,
                                            message->msg_name,
                                            message->msg_name ? &message->msg_namelen : NULL));
  if (length < 0) return -1;
  ssize_t shown = length < room ? length : room, place = 0;
  for (size_t index = 0; index < message->msg_iovlen && place < shown; index++) {
    size_t part = message->msg_iov[index].iov_len;
    if (part > (size_t)(shown - place)) part = shown - place;
    memcpy(message->msg_iov[index].iov_base, bytes + place, part);
    place += part;
  }
  message->msg_flags = length > room ? MSG_TRUNC : 0;
  return flags & MSG_TRUNC ? length : shown;
}

ssize_t sendmsg(int number, const struct msghdr *message, int flags) {
  if (!is_ours(number)) return REAL(sendmsg)(number, message, flags);
  return is_stream(number)
             ? send_stream(number, message->msg_iov, message->msg_iovlen, flags)
             : send_datagram(number, message, flags);
}

ssize_t recvmsg(int number, struct msghdr *message, int flags) {
  if (!is_ours(number)) return REAL(recvmsg)(number, message, flags);
  message->msg_controllen = 0;
  message->msg_flags = 0;
  if (!is_stream(number)) return receive_datagram(number, message, flags);
  message->msg_namelen = 0;
  return receive_stream(number, message->msg_iov, message->msg_iovlen, flags);
}

ssize_t writev(int number, const struct iovec *parts, int count) {
  if (!is_ours(number)) return REAL(writev)(number, parts, count);
  struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
  return sendmsg(number, &message, 0);
}

ssize_t readv(int number, const struct iovec *parts, int count) {
  if (!is_ours(number)) return REAL(readv)(number, parts, count);
  struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
  return recvmsg(number, &message, 0);
}
