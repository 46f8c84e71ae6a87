import Glibc
import MartletDevice
import MartletHost
import MartletNodes
import MartletStack
import MartletWire

/// A light on its stack: found and talked to by DWN, and with a page of its own on port 80.
final class LightService: StackService {
  typealias Light = SharedLight<VirtualBoard>

  private let home: HomeService<Light>
  private var page: WebServer<LightSite<VirtualBoard>>

  init(
    _ identity: NodeIdentity, settings: NodeSettings, in place: DeviceSurroundings,
    on interface: InterfaceID, of stack: inout Stack, connectionCount: Int, now: Instant
  ) throws(StackError) {
    let light = Light(LightEngine(memory: place.board, now: now))
    let trace = place.trace.map { LightTrace($0, start: now) }
    var settings = settings
    settings.webPort = 80
    home = try HomeService(
      light, settings: settings, in: place, on: interface, of: &stack, now: now
    ) { light, now in trace?.advance(to: now, showing: light.levels(at: now)) }
    page = try WebServer(
      LightSite(light, identity), at: Endpoint(.unspecified, port: 80), on: &stack,
      connectionCount: connectionCount)
  }

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    page.handle(event, on: &stack, now: now) || home.handle(event, on: &stack, now: now)
  }

  func poll(on stack: inout Stack, now: Instant) {
    page.poll(on: &stack, now: now)
    home.poll(on: &stack, now: now)
  }

  var nextDeadline: Instant? {
    switch (page.nextDeadline, home.nextDeadline) {
    case (let one?, let other?): min(one, other)
    case (let one, let other): one ?? other
    }
  }
}

extension SharedLight: VisibleDevice where Memory: ~Copyable {
  func reading(now: Instant) -> DeviceStanding.Reading { .light(levels(at: now)) }
}
