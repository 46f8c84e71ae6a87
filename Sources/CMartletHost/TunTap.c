#include "CMartletHost.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <net/route.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

static int copy_name(struct ifreq *request, const char *name) {
  memset(request, 0, sizeof *request);
  size_t length = strlen(name);
  if (length >= IFNAMSIZ) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(request->ifr_name, name, length);
  return 0;
}

int martlet_tun_attach(int descriptor, const char *name, int is_tap, int has_vnet_header,
                       char *actual) {
  struct ifreq request;
  if (copy_name(&request, name) < 0) return -1;
  request.ifr_flags = (short)((is_tap ? IFF_TAP : IFF_TUN) | IFF_NO_PI |
                              (has_vnet_header ? IFF_VNET_HDR : 0));
  if (ioctl(descriptor, TUNSETIFF, &request) < 0) return -1;
  memcpy(actual, request.ifr_name, IFNAMSIZ);
  return 0;
}

int martlet_tun_identify(int descriptor, char *actual, int *is_tap, int *has_vnet_header) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  if (ioctl(descriptor, TUNGETIFF, &request) < 0) return -1;
  memcpy(actual, request.ifr_name, IFNAMSIZ);
  *is_tap = (request.ifr_flags & IFF_TAP) != 0;
  *has_vnet_header = (request.ifr_flags & IFF_VNET_HDR) != 0;
  return 0;
}

int martlet_tun_set_offload(int descriptor, int checksum, int segments) {
  unsigned long flags = checksum ? TUN_F_CSUM : 0;
  if (checksum && segments) flags |= TUN_F_TSO4;
  return ioctl(descriptor, TUNSETOFFLOAD, flags);
}

int martlet_tun_set_vnet_header_length(int descriptor, int length) {
  return ioctl(descriptor, TUNSETVNETHDRSZ, &length);
}

ssize_t martlet_write_both(int descriptor, const void *first, size_t first_length,
                           const void *second, size_t second_length) {
  struct iovec parts[2] = {{.iov_base = (void *)first, .iov_len = first_length},
                           {.iov_base = (void *)second, .iov_len = second_length}};
  return writev(descriptor, parts, 2);
}

static int control(unsigned long code, struct ifreq *request) {
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  int result = ioctl(descriptor, code, request);
  int code_after = errno;
  close(descriptor);
  errno = code_after;
  return result;
}

static int query(const char *name, unsigned long code, struct ifreq *request) {
  return copy_name(request, name) < 0 ? -1 : control(code, request);
}

int martlet_interface_index(const char *name) {
  struct ifreq request;
  return query(name, SIOCGIFINDEX, &request) < 0 ? -1 : request.ifr_ifindex;
}

int martlet_interface_mtu(const char *name) {
  struct ifreq request;
  return query(name, SIOCGIFMTU, &request) < 0 ? -1 : request.ifr_mtu;
}

int martlet_interface_address(const char *name, uint8_t *address) {
  struct ifreq request;
  if (query(name, SIOCGIFHWADDR, &request) < 0) return -1;
  memcpy(address, request.ifr_hwaddr.sa_data, 6);
  return 0;
}

/// Sets an IPv4 field of an interface, in network order.
static int set_address(const char *name, unsigned long call, uint32_t address) {
  struct ifreq request;
  if (copy_name(&request, name) < 0) return -1;
  struct sockaddr_in *field = (struct sockaddr_in *)&request.ifr_addr;
  field->sin_family = AF_INET;
  field->sin_addr.s_addr = address;
  return control(call, &request);
}

int martlet_interface_set_up(const char *name) {
  struct ifreq request;
  if (query(name, SIOCGIFFLAGS, &request) < 0) return -1;
  request.ifr_flags |= IFF_UP;
  return control(SIOCSIFFLAGS, &request);
}

int martlet_interface_is_up(const char *name) {
  struct ifreq request;
  if (query(name, SIOCGIFFLAGS, &request) < 0) return -1;
  return (request.ifr_flags & IFF_UP) != 0;
}

int martlet_interface_set_mtu(const char *name, int mtu) {
  struct ifreq request;
  if (copy_name(&request, name) < 0) return -1;
  request.ifr_mtu = mtu;
  return control(SIOCSIFMTU, &request);
}

int martlet_interface_set_address(const char *name, const uint8_t *address) {
  struct ifreq request;
  // For the family of the address, which is the card's own.
  if (query(name, SIOCGIFHWADDR, &request) < 0) return -1;
  memcpy(request.ifr_hwaddr.sa_data, address, 6);
  return control(SIOCSIFHWADDR, &request);
}

int martlet_route_default(const char *name, uint32_t gateway) {
  struct rtentry route;
  memset(&route, 0, sizeof route);
  struct sockaddr_in *field = (struct sockaddr_in *)&route.rt_gateway;
  field->sin_family = AF_INET;
  field->sin_addr.s_addr = gateway;
  ((struct sockaddr_in *)&route.rt_dst)->sin_family = AF_INET;
  ((struct sockaddr_in *)&route.rt_genmask)->sin_family = AF_INET;
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  route.rt_dev = (char *)name;
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  int result = ioctl(descriptor, SIOCADDRT, &route);
  int code = errno;
  close(descriptor);
  errno = code;
  return result;
}

int martlet_interface_configure(const char *name, uint32_t address, uint32_t mask) {
  if (set_address(name, SIOCSIFADDR, address) < 0) return -1;
  if (set_address(name, SIOCSIFNETMASK, mask) < 0) return -1;
  return martlet_interface_set_up(name);
}

int martlet_interface_has_ipv4(const char *name) {
  struct ifreq request;
  return query(name, SIOCGIFADDR, &request) == 0;
}
