/*
 * libmartlet: a TCP/IP stack in your process, behind the socket calls that you know.
 *
 * A stack is made by martlet_create. It is an IPv4 host of its own, with its own address, and takes
 * nothing from the kernel's network. Its frames travel over a TAP interface (martlet_attach_tap), or
 * your program carries them (martlet_input, martlet_output). Beside that it has 127.0.0.1, which leads
 * to itself.
 *
 * The calls named after POSIX's take its arguments, constants and structures, return what Linux
 * returns and set errno as Linux does. Where martlet departs from Linux, the comment says so. Every call
 * may be made from any thread, several at once.
 *
 * A socket is a number. It is reserved in the process's table of descriptors, so that it is never a
 * file's too; but it is no descriptor of the kernel's: close it by martlet_close, wait for it by
 * martlet_poll. A child made by fork shares the number and must not use it.
 *
 * Link with -lmartlet. Documentation/libmartlet.md is the manual.
 */
#ifndef MARTLET_H
#define MARTLET_H

#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Stacks ------------------------------------------------------------------------------------- */

/* A stack. Only its address is yours. */
struct martlet;

/* The caller's clock is the stack's: see martlet_clock. */
#define MARTLET_OWN_CLOCK 1u

/* What a stack is made with. Zero everything first: {0}. */
struct martlet_settings {
  struct in_addr address; /* its address, in network order; required */
  struct in_addr gateway; /* the router of its network, or 0 for none */
  uint8_t mac[6];         /* its Ethernet address; all 0: one is chosen at random */
  uint8_t prefix;         /* the length of its network's prefix, 1 to 32 */
  uint8_t reserved;       /* 0 */
  uint32_t mtu;           /* the longest IP packet, 576 to 65535; 0: 1500, or the TAP's own */
  uint32_t flags;         /* MARTLET_OWN_CLOCK, or 0 */
};

/*
 * Makes a stack. NULL and errno: EFAULT without settings, EINVAL for settings that make no host,
 * ENOMEM, EMFILE.
 */
struct martlet *martlet_create(const struct martlet_settings *settings);

/*
 * Ends a stack: its connections are reset, calls that wait on its sockets return with ENETDOWN, as do
 * all later ones but martlet_close. EINVAL for what is no stack, or not any more.
 */
int martlet_destroy(struct martlet *stack);

/*
 * Connects a stack to the TAP interface `name`, which is made, and removed at the end, if it is not
 * there. From then on frames are no longer the caller's to carry. ENODEV, EPERM (making one needs
 * CAP_NET_ADMIN), EBUSY, EINVAL; EALREADY when it has an interface.
 */
int martlet_attach_tap(struct martlet *stack, const char *name);

/* The same with a descriptor that is attached to a TAP interface already. The stack closes it. */
int martlet_attach_tap_descriptor(struct martlet *stack, int descriptor);

/*
 * Hands the stack one Ethernet frame, without its checksum at the end, and returns its length. ENOBUFS
 * while too many wait, EMSGSIZE for one longer than the MTU allows, EFAULT, EINVAL.
 */
ssize_t martlet_input(struct martlet *stack, const void *frame, size_t length);

/*
 * Takes one frame that the stack wants sent, and returns its length. Waits up to `timeout`
 * milliseconds for it, for ever if that is negative: EAGAIN when there is none by then, EINTR.
 * EMSGSIZE when the frame is longer than `length`: it is gone.
 */
ssize_t martlet_output(struct martlet *stack, void *frame, size_t length, int timeout);

/*
 * Sets the clock of a stack made with MARTLET_OWN_CLOCK, in microseconds, and does what is due.
 * Returns when it wants to be called next, or -1 with errno 0 while it waits for nothing. The clock never
 * runs backwards. Time-outs of calls (SO_RCVTIMEO, martlet_poll) are the machine's time all the same.
 * EINVAL for a stack that lives by the machine's clock.
 */
int64_t martlet_clock(struct martlet *stack, int64_t microseconds);

/*
 * A descriptor that becomes readable when anything at the stack has changed: a socket is ready for
 * something, or a frame waits for martlet_output. For select, poll and epoll of the kernel's. Read 8
 * bytes from it, then look at everything. It belongs to the stack and is closed with it.
 */
int martlet_descriptor(struct martlet *stack);

/*
 * The stack that martlet_socket of the calling thread makes sockets on; NULL: the process's oldest,
 * as for a thread that never called this.
 */
int martlet_use(struct martlet *stack);

/* --- Sockets ------------------------------------------------------------------------------------ */

/*
 * AF_INET with SOCK_STREAM (TCP) or SOCK_DGRAM (UDP), SOCK_NONBLOCK and SOCK_CLOEXEC. ENETDOWN when
 * there is no stack.
 */
int martlet_socket(int domain, int type, int protocol);
/* The same on a stack that is named. */
int martlet_socket_on(struct martlet *stack, int domain, int type, int protocol);

int martlet_bind(int socket, const struct sockaddr *address, socklen_t length);
int martlet_listen(int socket, int backlog);
int martlet_accept(int socket, struct sockaddr *address, socklen_t *length);
int martlet_accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int martlet_connect(int socket, const struct sockaddr *address, socklen_t length);

ssize_t martlet_send(int socket, const void *bytes, size_t length, int flags);
ssize_t martlet_recv(int socket, void *bytes, size_t length, int flags);
ssize_t martlet_sendto(int socket, const void *bytes, size_t length, int flags,
                       const struct sockaddr *address, socklen_t address_length);
ssize_t martlet_recvfrom(int socket, void *bytes, size_t length, int flags,
                         struct sockaddr *address, socklen_t *address_length);

int martlet_shutdown(int socket, int how);
int martlet_close(int socket);

int martlet_getsockname(int socket, struct sockaddr *address, socklen_t *length);
int martlet_getpeername(int socket, struct sockaddr *address, socklen_t *length);
int martlet_getsockopt(int socket, int level, int option, void *value, socklen_t *length);
int martlet_setsockopt(int socket, int level, int option, const void *value, socklen_t length);

/* F_GETFL, F_SETFL (O_NONBLOCK), F_GETFD, F_SETFD, F_DUPFD, F_DUPFD_CLOEXEC. */
int martlet_fcntl(int socket, int command, ...);
/* FIONREAD, FIONBIO, TIOCOUTQ. */
int martlet_ioctl(int socket, unsigned long request, ...);

/*
 * Waits for sockets of any stack and, beside them, for descriptors of the kernel's.
 */
int martlet_poll(struct pollfd *entries, nfds_t count, int timeout);

/*
 * Gives a socket the number `target` as well, closing what has it: dup3, and dup2 with flags 0. EINVAL
 * for a socket's own number.
 */
int martlet_dup3(int socket, int target, int flags);

/* Whether a number names a socket of martlet's: 1 or 0. */
int martlet_owns(int number);

#ifdef __cplusplus
}
#endif

#endif
