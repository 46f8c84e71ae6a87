import MartletDevice
import MartletDrivers
import MartletRing
import MartletStack
import MartletWire

/// What the kernel knows of itself, as text.
///
/// What belongs to the stack is read in the softIRQ.
enum Listings {
  static func threads() {
    say("  number  priority  state    time")
    Scheduler.forEachThread { thread in
      let state: StaticString =
        switch thread.state {
        case .ready: "ready"
        case .running: "running"
        case .blocked: "blocked"
        case .ended: "ended"
        }
      say(
        "\(thread.number)  \(thread.priority.rawValue)  \(state)  \(thread.runTime)  \(thread.name)"
      )
    }
  }

  static func interfaces() {
    Network.perform { network, _ in
      for attachment in network.attachments {
        let state: StaticString =
          switch attachment.state {
          case .up: "up"
          case .noLink: "no link"
          case .dead: "dead"
          }
        say("\(attachment.name): \(state), \(attachment.linkAddress)")
        network.stack.forEachAddress(on: attachment.interface) { say("  \($0)") }
        if let counters = network.stack.counters(of: attachment.interface) {
          say(
            "  in \(counters.inFrames) frames, \(counters.inOctets) bytes; out \(counters.outFrames) frames, \(counters.outOctets) bytes"
          )
        }
        let card = attachment.counters
        say(
          "  missed \(card.missed), receive errors \(card.receiveErrors), transmit errors \(card.transmitErrors), overflows \(card.overflows), resets \(card.resets)"
        )
      }
    }
  }

  static func routes() {
    Network.perform { network, _ in
      network.stack.forEachRoute { route in
        let name = network.name(of: route.interface)
        if let gateway = route.gateway {
          say("\(route.destination) through \(gateway), \(name)")
        } else {
          say("\(route.destination) on \(name)")
        }
      }
    }
  }

  static func neighbours() {
    Network.perform { network, _ in
      network.stack.forEachNeighbour { neighbour in
        let state: StaticString =
          switch neighbour.condition {
          case .incomplete: "being asked for"
          case .reachable: "reachable"
          case .stale: "stale"
          case .delay: "in use, not confirmed"
          case .probe: "being asked again"
          case .failed: "does not answer"
          }
        let name = network.name(of: neighbour.interface)
        if let link = neighbour.linkAddress {
          say("\(neighbour.address) is at \(link) on \(name), \(state)")
        } else {
          say("\(neighbour.address) on \(name), \(state)")
        }
      }
    }
  }

  static func sockets() {
    Network.perform { network, _ in
      network.stack.forEachListener { listener in
        say("tcp \(listener.local) listens, \(listener.readyCount) waiting")
      }
      network.stack.forEachConnection { connection in
        say(
          "tcp \(connection.local) \(connection.remote) \(words(for: connection.state)), \(connection.receiveQueueCount) to read, \(connection.sendQueueCount) to send"
        )
      }
      network.stack.forEachUDPSocket { socket in
        say("udp \(socket.local), \(socket.unreadCount) to read")
      }
    }
  }

  static func counters() {
    Network.perform { network, _ in
      let counters = network.stack.counters
      say(
        "ip: \(counters.ipInReceives) in, \(counters.ipInDelivers) delivered, \(counters.ipOutRequests) out, \(counters.ipForwDatagrams) forwarded"
      )
      say(
        "icmp: \(counters.icmpInEchos) echos in, \(counters.icmpOutEchoReps) answered, \(counters.icmpOutErrors) errors out"
      )
      say(
        "tcp: \(counters.tcpInSegs) in, \(counters.tcpOutSegs) out, \(counters.tcpRetransSegs) again, \(counters.tcpOutRsts) resets, \(counters.tcpSYNCookiesSent) cookies"
      )
      say(
        "udp: \(counters.udpInDatagrams) in, \(counters.udpOutDatagrams) out, \(counters.udpNoPorts) without a socket"
      )
      say("dropped: \(counters.droppedInAll)")
    }
  }

  static func memory() {
    let frames = withInterruptsMasked {
      (FrameAllocator.shared.freeCount, FrameAllocator.shared.totalCount)
    }
    say("frames: \(frames.1 - frames.0) of \(frames.1) in use, \(frames.0 * 4) KiB free")
    say("heap: \(withInterruptsMasked { KernelHeap.shared.blockCount }) blocks")
    Network.perform { network, _ in
      let use = network.stack.memoryUse
      say(
        "stack: \(use.blockCount) blocks, \(use.packetCount) packets, \(network.sockets.sockets.count) sockets in use"
      )
    }
  }

  static func log() {
    let count = Console.history.count
    for index in 0..<count { Console.write("\(Console.history[index])\n") }
  }

  private static func words(for state: TCPState) -> StaticString {
    switch state {
    case .synSent: "SYN-SENT"
    case .synReceived: "SYN-RECEIVED"
    case .established: "ESTABLISHED"
    case .finWait1: "FIN-WAIT-1"
    case .finWait2: "FIN-WAIT-2"
    case .closeWait: "CLOSE-WAIT"
    case .closing: "CLOSING"
    case .lastAck: "LAST-ACK"
    case .timeWait: "TIME-WAIT"
    case .closed: "CLOSED"
    }
  }
}
