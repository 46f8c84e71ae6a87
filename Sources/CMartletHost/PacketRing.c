#include "CMartletHost.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Static_assert(sizeof(struct virtio_net_hdr) == 10, "the header that PACKET_VNET_HDR puts first");

static int set(int descriptor, int option, int value) {
  return setsockopt(descriptor, SOL_PACKET, option, &value, sizeof value);
}

static int prepare(int descriptor, int index, size_t block_length, size_t block_count,
                   int is_promiscuous, const char **call) {
  *call = "setsockopt PACKET_VERSION";
  if (set(descriptor, PACKET_VERSION, TPACKET_V3) < 0) return -1;
  *call = "setsockopt PACKET_VNET_HDR";
  if (set(descriptor, PACKET_VNET_HDR, 1) < 0) return -1;
  *call = "setsockopt PACKET_IGNORE_OUTGOING";
  if (set(descriptor, PACKET_IGNORE_OUTGOING, 1) < 0) return -1;

  // A block goes over to us when it is full or a millisecond has passed.
  struct tpacket_req3 request = {
      .tp_block_size = (unsigned)block_length,
      .tp_block_nr = (unsigned)block_count,
      .tp_frame_size = 2048,
      .tp_frame_nr = (unsigned)(block_length / 2048 * block_count),
      .tp_retire_blk_tov = 1,
  };
  *call = "setsockopt PACKET_RX_RING";
  if (setsockopt(descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0) return -1;

  if (is_promiscuous) {
    struct packet_mreq membership = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    *call = "setsockopt PACKET_ADD_MEMBERSHIP";
    if (setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership,
                   sizeof membership) < 0)
      return -1;
  }
  return 0;
}

int martlet_packet_open(int index, size_t block_length, size_t block_count, int is_promiscuous,
                        struct martlet_packet_ring *ring, const char **call) {
  // Protocol 0 receives nothing until the bind below: no frame arrives before the ring is there.
  *call = "socket AF_PACKET";
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  size_t length = block_length * block_count;
  void *blocks = MAP_FAILED;
  if (prepare(descriptor, index, block_length, block_count, is_promiscuous, call) < 0) goto failed;

  *call = "mmap of the packet ring";
  blocks = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (blocks == MAP_FAILED) goto failed;

  *call = "bind AF_PACKET";
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) goto failed;

  ring->descriptor = descriptor;
  ring->blocks = blocks;
  ring->block_length = block_length;
  ring->block_count = block_count;
  return 0;

failed:;
  int code = errno;
  if (blocks != MAP_FAILED) munmap(blocks, length);
  close(descriptor);
  errno = code;
  return -1;
}

void martlet_packet_unmap(struct martlet_packet_ring *ring) {
  munmap(ring->blocks, ring->block_length * ring->block_count);
}

int martlet_packet_drops(int descriptor, uint32_t *drops) {
  struct tpacket_stats_v3 statistics;
  socklen_t length = sizeof statistics;
  if (getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0) return -1;
  *drops = statistics.tp_drops;
  return 0;
}

static struct tpacket_hdr_v1 *block_header(const struct martlet_packet_ring *ring, size_t block) {
  void *start = ring->blocks + block * ring->block_length;
  return &((struct tpacket_block_desc *)start)->hdr.bh1;
}

// Moves the two addresses back by a tag's length, over the virtio header that lies before them and
// has been read by then, and writes the tag into the gap.
static void insert_tag(struct martlet_packet_frame *frame, const struct tpacket3_hdr *header) {
  uint8_t *bytes = frame->bytes - 4;
  memmove(bytes, frame->bytes, 12);
  uint16_t protocol = header->tp_status & TP_STATUS_VLAN_TPID_VALID
                          ? htons(header->hv1.tp_vlan_tpid)
                          : htons(ETH_P_8021Q);
  uint16_t tag = htons((uint16_t)header->hv1.tp_vlan_tci);
  memcpy(bytes + 12, &protocol, 2);
  memcpy(bytes + 14, &tag, 2);
  frame->bytes = bytes;
  frame->length += 4;
  frame->inserted = 4;
}

int martlet_packet_next(const struct martlet_packet_ring *ring,
                        struct martlet_packet_cursor *cursor, struct martlet_packet_frame *frame) {
  while (cursor->remaining == 0) {
    martlet_packet_release(ring, cursor);
    struct tpacket_hdr_v1 *block = block_header(ring, cursor->block);
    if (!(__atomic_load_n(&block->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) return 0;
    cursor->remaining = block->num_pkts;
    cursor->next = (uint8_t *)block - offsetof(struct tpacket_block_desc, hdr) +
                   block->offset_to_first_pkt;
    if (block->num_pkts == 0) cursor->next = (uint8_t *)block;
  }
  struct tpacket3_hdr *header = (struct tpacket3_hdr *)cursor->next;
  frame->bytes = cursor->next + header->tp_mac;
  frame->length = header->tp_snaplen;
  frame->inserted = 0;
  frame->is_verified = (header->tp_status & TP_STATUS_CSUM_VALID) != 0;
  memcpy(frame->vnet_header, frame->bytes - sizeof frame->vnet_header, sizeof frame->vnet_header);
  if ((header->tp_status & TP_STATUS_VLAN_VALID) && frame->length >= 12) insert_tag(frame, header);
  cursor->remaining -= 1;
  cursor->next += header->tp_next_offset;
  return 1;
}

void martlet_packet_release(const struct martlet_packet_ring *ring,
                            struct martlet_packet_cursor *cursor) {
  if (cursor->next == NULL || cursor->remaining > 0) return;
  struct tpacket_hdr_v1 *block = block_header(ring, cursor->block);
  __atomic_store_n(&block->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  cursor->block = (cursor->block + 1) % ring->block_count;
  cursor->next = NULL;
}
