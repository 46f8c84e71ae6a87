// Says `unsafe`: it asks the kernel for the program's path.

import Glibc
import MartletDWN
import MartletDevice
import MartletHome
import MartletHost
import MartletReadiness
import MartletStack
import MartletWire

/// Hears nodes on every interface of this host, also on those that come later.
struct AdvertListener: Sendable {
  private let socket: KernelDatagramSocket
  private let loop: EventLoop

  init(_ loop: EventLoop) async throws(NetworkError) {
    self.loop = loop
    socket = try await KernelNetwork(loop: loop).bind(to: Endpoint(.unspecified, port: DWN.port))
  }

  /// Gives what it hears to a hub until the task is cancelled.
  func run(_ hub: HubService) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.joinAll() }
      group.addTask {
        while let (bytes, sender) = try? await self.socket.receive() {
          await hub.heard(bytes, from: sender.address)
        }
      }
    }
  }

  /// Joins the group wherever it is not joined yet, and looks again every two seconds: an interface
  /// that was made anew has another number, and one whose address changed is joined by the new one.
  private func joinAll() async {
    var joined: Set<KernelInterface> = []
    while !Task.isCancelled {
      let present = Set(KernelInterface.all.filter(\.isReady))
      for interface in present.subtracting(joined) {
        do {
          try await socket.join(DWN.group, on: interface)
        } catch {
          Terminal.complain("\(interface.name): nodes there are not heard: \(error)")
        }
      }
      joined = present
      await loop.sleep(for: .seconds(2))
    }
  }

  /// Why nodes are not heard, and what to do.
  static func advice(_ error: NetworkError) -> String {
    guard case .system(let error) = error, error.code == EACCES || error.code == EPERM else {
      if case .addressInUse = error {
        return "nodes are not heard: another program of this host has UDP port 242. Nodes added by "
          + "their address are worked all the same."
      }
      return "nodes are not heard: \(error). Nodes added by their address are worked all the same."
    }
    return """
      nodes are not heard: UDP port 242 needs a privilege. Nodes added by their address are worked \
      all the same. Three ways to give it:
        sudo setcap cap_net_bind_service=+ep \(program)
        sudo sysctl net.ipv4.ip_unprivileged_port_start=242
        AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd service that runs it
      """
  }

  private static var program: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return "martlet" }
    return String(
      decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
