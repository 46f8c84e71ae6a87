#define _GNU_SOURCE
#include "CMartletHost.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <unistd.h>

static int set_option(int descriptor, int option, int value) {
  return setsockopt(descriptor, IPPROTO_IP, option, &value, sizeof value);
}

static struct sockaddr_in socket_address(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = port, .sin_addr = {.s_addr = address}};
}

static int fail(int descriptor) {
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

int martlet_tunnel_open(int protocol, uint32_t local, uint16_t port, uint32_t remote, int is_shared,
                        int dont_fragment, int time_to_live) {
  int type = protocol == IPPROTO_UDP ? SOCK_DGRAM : SOCK_RAW;
  int descriptor = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (descriptor < 0) return -1;
  int one = 1;
  if (is_shared && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0)
    return fail(descriptor);
  // IP_PMTUDISC_DO sets DF and answers EMSGSIZE; the other lets the kernel fragment.
  int discovery = dont_fragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
  if (set_option(descriptor, IP_MTU_DISCOVER, discovery) < 0 ||
      set_option(descriptor, IP_TTL, time_to_live) < 0)
    return fail(descriptor);
  struct sockaddr_in address = socket_address(local, port);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return fail(descriptor);
  if (remote != 0) {
    // The kernel then shows what this peer sends, and nothing else.
    struct sockaddr_in peer = socket_address(remote, 0);
    // Without a route to it there may be one later: all is shown then.
    (void)connect(descriptor, (struct sockaddr *)&peer, sizeof peer);
  }
  // Bursts of a whole window come at once; what the kernel grants is enough.
  int room = 4 << 20;
  (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return descriptor;
}

int martlet_tunnel_route(uint32_t remote, uint32_t *local, int *mtu) {
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  struct sockaddr_in address = socket_address(remote, htons(9));
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
    return fail(descriptor);
  socklen_t length = sizeof address;
  if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) return fail(descriptor);
  *local = address.sin_addr.s_addr;
  length = sizeof *mtu;
  if (getsockopt(descriptor, IPPROTO_IP, IP_MTU, mtu, &length) < 0) return fail(descriptor);
  close(descriptor);
  return 0;
}

int martlet_receive_many(int descriptor, uint8_t *bytes, size_t stride,
                         struct martlet_datagram *datagrams, int count) {
  struct mmsghdr messages[MARTLET_BURST];
  struct iovec parts[MARTLET_BURST];
  struct sockaddr_in addresses[MARTLET_BURST];
  if (count > MARTLET_BURST) count = MARTLET_BURST;
  memset(messages, 0, sizeof *messages * (size_t)count);
  for (int index = 0; index < count; index += 1) {
    parts[index] = (struct iovec){bytes + stride * (size_t)index, stride};
    messages[index].msg_hdr.msg_iov = &parts[index];
    messages[index].msg_hdr.msg_iovlen = 1;
    messages[index].msg_hdr.msg_name = &addresses[index];
    messages[index].msg_hdr.msg_namelen = sizeof addresses[index];
  }
  int received = recvmmsg(descriptor, messages, (unsigned)count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  for (int index = 0; index < received; index += 1) {
    datagrams[index].length = messages[index].msg_len;
    datagrams[index].address = addresses[index].sin_addr.s_addr;
    datagrams[index].port = addresses[index].sin_port;
  }
  return received;
}

int martlet_send_many(int descriptor, const uint8_t *bytes, size_t stride,
                      const struct martlet_datagram *datagrams, int count) {
  struct mmsghdr messages[MARTLET_BURST];
  struct iovec parts[MARTLET_BURST];
  struct sockaddr_in addresses[MARTLET_BURST];
  if (count > MARTLET_BURST) count = MARTLET_BURST;
  memset(messages, 0, sizeof *messages * (size_t)count);
  for (int index = 0; index < count; index += 1) {
    parts[index] =
        (struct iovec){(void *)(bytes + stride * (size_t)index), datagrams[index].length};
    addresses[index] = socket_address(datagrams[index].address, datagrams[index].port);
    messages[index].msg_hdr.msg_iov = &parts[index];
    messages[index].msg_hdr.msg_iovlen = 1;
    messages[index].msg_hdr.msg_name = &addresses[index];
    messages[index].msg_hdr.msg_namelen = sizeof addresses[index];
  }
  return sendmmsg(descriptor, messages, (unsigned)count, MSG_NOSIGNAL);
}
