// lwIP as a peer: Debian's shared library by its raw interface, two interfaces in one stack joined by two
// queues of frames, on one thread. `lwip B1 MIB` or `lwip B2 COUNT`.
//
// It is built with a lock around its core, 64 KiB buffers and malloc: so is what Debian's users get.

#include "measure.h"

#include <lwip/etharp.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

// MARK: The wire

struct frame {
  struct frame *next;
  struct netif *to;
  struct pbuf *bytes;
};

static struct netif ends[2];
static struct frame *first, **last = &first;

/// Copies a frame once, into a buffer that the receiver gets.
static err_t transmit(struct netif *end, struct pbuf *bytes) {
  struct frame *frame = malloc(sizeof *frame);
  frame->next = NULL;
  frame->to = end == &ends[0] ? &ends[1] : &ends[0];
  frame->bytes = pbuf_alloc(PBUF_RAW, bytes->tot_len, PBUF_RAM);
  if (!frame->bytes) abort();
  pbuf_copy(frame->bytes, bytes);
  *last = frame;
  last = &frame->next;
  return ERR_OK;
}

/// Delivers what is on the wire, what comes of that included; returns whether anything was.
static int deliver(void) {
  int any = 0;
  while (first) {
    struct frame *frame = first;
    first = frame->next;
    if (!first) last = &first;
    if (frame->to->input(frame->bytes, frame->to) != ERR_OK) pbuf_free(frame->bytes);
    free(frame);
    any = 1;
  }
  return any;
}

static err_t prepare(struct netif *end) {
  end->name[0] = 'w';
  end->name[1] = '0';
  end->mtu = 1500;
  end->hwaddr_len = 6;
  memcpy(end->hwaddr, "\x02\0\0\0\0\1", 6);
  end->hwaddr[5] += end - ends;
  end->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  end->output = etharp_output;
  end->linkoutput = transmit;
  return ERR_OK;
}

static void make_link(void) {
  for (int index = 0; index < 2; index++) {
    ip4_addr_t address, mask, none;
    IP4_ADDR(&address, 10, 0, 0, 1 + index);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&none, 0, 0, 0, 0);
    netif_add(&ends[index], &address, &mask, &none, NULL, prepare, ethernet_input);
    netif_set_up(&ends[index]);
  }
}

// MARK: The application

static struct tcp_pcb *client, *server;
static size_t received, wrong;
static int is_verified;
static unsigned char in[chunk];

static err_t took(void *argument, struct tcp_pcb *pcb, struct pbuf *bytes, err_t error) {
  (void)argument;
  (void)error;
  if (!bytes) return ERR_OK;
  pbuf_copy_partial(bytes, in, bytes->tot_len, 0);
  if (is_verified)
    for (int index = 0; index < bytes->tot_len; index++)
      wrong += in[index] != pattern(received + index);
  received += bytes->tot_len;
  tcp_recved(pcb, bytes->tot_len);
  pbuf_free(bytes);
  return ERR_OK;
}

static err_t accepted(void *argument, struct tcp_pcb *pcb, err_t error) {
  (void)argument;
  (void)error;
  server = pcb;
  tcp_nagle_disable(pcb);
  tcp_bind_netif(pcb, &ends[1]);
  tcp_recv(pcb, took);
  return ERR_OK;
}

static int is_connected;

static err_t connected(void *argument, struct tcp_pcb *pcb, err_t error) {
  (void)argument;
  (void)pcb;
  (void)error;
  is_connected = 1;
  return ERR_OK;
}

static void connect_pair(void) {
  struct tcp_pcb *listener = tcp_new();
  tcp_bind_netif(listener, &ends[1]);
  tcp_bind(listener, IP4_ADDR_ANY, 7);
  listener = tcp_listen(listener);
  tcp_accept(listener, accepted);
  client = tcp_new();
  tcp_bind_netif(client, &ends[0]);
  tcp_nagle_disable(client);
  tcp_recv(client, took);
  ip_addr_t to;
  IP_ADDR4(&to, 10, 0, 0, 2);
  if (tcp_connect(client, &to, 7, connected) != ERR_OK) abort();
  double limit = wall() + 5;
  while (!is_connected || !server) {
    deliver();
    if (wall() < limit) continue;
    fprintf(stderr, "lwIP did not connect\n");
    exit(1);
  }
}

static void bulk(size_t count) {
  static unsigned char out[chunk];
  size_t sent = 0;
  received = 0;
  while (received < count) {
    while (sent < count) {
      size_t length = count - sent < chunk ? count - sent : chunk;
      if (length > tcp_sndbuf(client)) length = tcp_sndbuf(client);
      if (length == 0) break;
      if (is_verified)
        for (size_t index = 0; index < length; index++) out[index] = pattern(sent + index);
      if (tcp_write(client, out, length, TCP_WRITE_FLAG_COPY) != ERR_OK) break;
      sent += length;
    }
    tcp_output(client);
    // Its own thread runs its timers: a delayed acknowledgment may be what is waited for.
    if (deliver()) continue;
    UNLOCK_TCPIP_CORE();
    LOCK_TCPIP_CORE();
  }
}

static void transactions(long count) {
  unsigned char byte = 0;
  for (long index = 0; index < count; index++) {
    struct tcp_pcb *turns[2] = {client, server};
    for (int turn = 0; turn < 2; turn++) {
      received = 0;
      tcp_write(turns[turn], &byte, 1, TCP_WRITE_FLAG_COPY);
      tcp_output(turns[turn]);
      while (received == 0) deliver();
    }
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  long scale = atol(arguments[2]);
  tcpip_init(NULL, NULL);
  LOCK_TCPIP_CORE();
  make_link();
  connect_pair();
  if (strcmp(arguments[1], "B1") == 0) {
    is_verified = 1;
    bulk(16 << 20);
    if (wrong != 0) {
      fprintf(stderr, "wrong bytes\n");
      return 1;
    }
    is_verified = 0;
    size_t bytes = (size_t)scale << 20;
    double began = wall(), used = processor();
    bulk(bytes);
    report("B1.1500.64k", bytes * 8 / (wall() - began) / 1e9, "Gbit/s");
    report("B1.1500.64k.cpu", (processor() - used) * 1e9 / bytes, "ns/byte");
  } else {
    transactions(1000);
    double began = wall(), used = processor();
    transactions(scale);
    report("B2", scale / (wall() - began), "transactions/s");
    report("B2.cpu", (processor() - used) * 1e9 / scale, "ns/transaction");
  }
  fflush(stdout);
  _Exit(0);
}
