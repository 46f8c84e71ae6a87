// What Swift cannot import of Linux: headers outside its Glibc module, ioctls made by macros, and
// structures with unions or flexible ends. Every function returns -1 and sets errno on failure.

#ifndef C_MARTLET_HOST_H
#define C_MARTLET_HOST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

// MARK: TUN and TAP

/// Attaches an open /dev/net/tun to the interface `name`, made if it is not there; an empty name
/// lets the kernel choose. The name it got is written to `actual` (16 bytes).
int martlet_tun_attach(int descriptor, const char *name, int is_tap, int has_vnet_header,
                       char *actual);
/// Reads the name and flags of the interface that an open descriptor is attached to.
int martlet_tun_identify(int descriptor, char *actual, int *is_tap, int *has_vnet_header);
/// Lets the kernel hand over unfinished checksums and, with `segments`, TCP over IPv4 in segments
/// to be cut.
int martlet_tun_set_offload(int descriptor, int checksum, int segments);
/// Sets the length of the header before each frame.
int martlet_tun_set_vnet_header_length(int descriptor, int length);

/// Writes two runs of bytes in one call.
ssize_t martlet_write_both(int descriptor, const void *first, size_t first_length,
                           const void *second, size_t second_length);

// MARK: Interfaces

/// The number of the interface `name`.
int martlet_interface_index(const char *name);
/// The MTU of the interface `name`.
int martlet_interface_mtu(const char *name);
/// Writes the 6 bytes of the Ethernet address of the interface `name`.
int martlet_interface_address(const char *name, uint8_t *address);

/// Gives an interface an IPv4 address and mask, both in network order, and sets it up.
int martlet_interface_configure(const char *name, uint32_t address, uint32_t mask);
/// Adds a default route by a neighbour at an interface, its address in network order.
int martlet_route_default(const char *name, uint32_t gateway);
/// Sets the MTU of an interface.
int martlet_interface_set_mtu(const char *name, int mtu);
/// Sets the Ethernet address of an interface, 6 bytes.
int martlet_interface_set_address(const char *name, const uint8_t *address);
/// Sets an interface up.
int martlet_interface_set_up(const char *name);
/// Whether an interface is set up; -1 when there is none.
int martlet_interface_is_up(const char *name);
/// Whether an interface has an IPv4 address.
int martlet_interface_has_ipv4(const char *name);

// MARK: Packet sockets

/// A socket bound to all frames of one interface, with a receive ring mapped into memory.
struct martlet_packet_ring {
  int descriptor;
  uint8_t *blocks;
  size_t block_length;
  size_t block_count;
};

/// Opens a packet socket on interface `index` with a ring of `block_count` blocks of
/// `block_length` bytes (a multiple of the page size). On failure `call` names the call.
int martlet_packet_open(int index, size_t block_length, size_t block_count, int is_promiscuous,
                        struct martlet_packet_ring *ring, const char **call);
/// Unmaps the ring. The descriptor stays open.
void martlet_packet_unmap(struct martlet_packet_ring *ring);
/// The frames that the kernel dropped for want of room since the last call.
int martlet_packet_drops(int descriptor, uint32_t *drops);

/// A place in the ring: the block, and the frame in it.
struct martlet_packet_cursor {
  size_t block;
  uint32_t remaining;
  uint8_t *next;
};

/// A frame in the ring, its VLAN tag (which cards and the kernel take out) put back in.
struct martlet_packet_frame {
  uint8_t *bytes;
  size_t length;
  /// The virtio header that came with it.
  uint8_t vnet_header[10];
  /// 4 when a tag was put back, by which the header's offsets have grown; else 0.
  size_t inserted;
  /// Whether the kernel vouches for the checksum.
  int is_verified;
};

/// Shows the next frame; 0 when there is none. The frame is valid until the next call or
/// `martlet_packet_release`.
int martlet_packet_next(const struct martlet_packet_ring *ring,
                        struct martlet_packet_cursor *cursor, struct martlet_packet_frame *frame);
/// Gives blocks whose frames have all been seen back to the kernel.
void martlet_packet_release(const struct martlet_packet_ring *ring,
                            struct martlet_packet_cursor *cursor);

// MARK: Tunnels

/// A socket for what tunnels carry: raw for an IP protocol such as 47, a datagram socket for UDP.
/// `local` and `port` are in network order, 0 for any; what others than `remote` send
/// is not shown, unless that is 0. `is_shared` lets others bind the same.
int martlet_tunnel_open(int protocol, uint32_t local, uint16_t port, uint32_t remote, int is_shared,
                        int dont_fragment, int time_to_live);
/// The address that packets to `remote` leave with, in network order, and the path's MTU.
int martlet_tunnel_route(uint32_t remote, uint32_t *local, int *mtu);

/// The most datagrams that one call moves.
#define MARTLET_BURST 64

/// Where a datagram came from or goes to, in network order, and its bytes.
struct martlet_datagram {
  uint32_t address;
  uint16_t port;
  uint32_t length;
};

/// Receives up to `count` datagrams, `stride` bytes apart; a longer one counts as its whole length.
int martlet_receive_many(int descriptor, uint8_t *bytes, size_t stride,
                         struct martlet_datagram *datagrams, int count);
/// Sends datagrams and returns how many went before one failed; -1 when the first did.
int martlet_send_many(int descriptor, const uint8_t *bytes, size_t stride,
                      const struct martlet_datagram *datagrams, int count);

// MARK: Threads

/// Names the calling thread for the system's tools; up to 15 bytes.
void martlet_thread_set_name(const char *name);

// MARK: Sockets

/// Accepts a connection, non-blocking and not for child processes.
int martlet_host_accept(int descriptor, struct sockaddr *address, socklen_t *length);

/// A unix socket of the given type, bound to `path` unless that is empty; a stale one that nobody
/// listens at must be removed before.
int martlet_unix_bind(int type, const char *path);
/// Connects a unix socket to `path`.
int martlet_unix_connect(int descriptor, const char *path);

/// Sends bytes with a descriptor beside them on a unix socket; -1 for none.
ssize_t martlet_send_descriptor(int descriptor, const void *bytes, size_t length, int passed);
/// Receives bytes and the descriptor that came beside them; `passed` is -1 when there was none.
ssize_t martlet_receive_descriptor(int descriptor, void *bytes, size_t length, int *passed);

// MARK: Namespaces

/// Moves the calling thread into the network namespace of the file at `path`, after the user
/// namespace at `user_path` unless that is NULL.
int martlet_enter_network(const char *path, const char *user_path);

#endif
