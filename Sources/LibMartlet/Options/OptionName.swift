internal import Glibc

/// A level and an option of it, by Linux's numbers: most are macros or enums that Swift's Glibc
/// module does not have as plain numbers.
struct OptionName: Hashable {
  let level: Int32
  let number: Int32

  init(_ level: Int32, _ number: Int32) {
    self.level = level
    self.number = number
  }

  private static func socket(_ number: Int32) -> Self { Self(1, number) }
  private static func ip(_ number: Int32) -> Self { Self(0, number) }
  private static func tcp(_ number: Int32) -> Self { Self(6, number) }

  var isSocket: Bool { level == 1 }
  var isIP: Bool { level == 0 }
  var isTCP: Bool { level == 6 }

  // SOL_SOCKET
  static let reuseAddress = socket(2)
  static let type = socket(3)
  static let error = socket(4)
  static let broadcast = socket(6)
  static let sendBuffer = socket(7)
  static let receiveBuffer = socket(8)
  static let keepAlive = socket(9)
  static let urgentInline = socket(10)
  static let linger = socket(13)
  static let reusePort = socket(15)
  static let receiveLowWater = socket(18)
  static let sendLowWater = socket(19)
  static let receiveTimeout = socket(20)
  static let sendTimeout = socket(21)
  static let acceptConnections = socket(30)
  static let protocolNumber = socket(38)
  static let domain = socket(39)

  // IPPROTO_IP
  static let typeOfService = ip(1)
  static let timeToLive = ip(2)
  static let mtuDiscover = ip(10)
  static let receiveErrors = ip(11)
  static let mtu = ip(14)
  static let multicastTimeToLive = ip(33)
  static let multicastLoop = ip(34)

  // IPPROTO_TCP
  static let noDelay = tcp(1)
  static let maximumSegment = tcp(2)
  static let cork = tcp(3)
  static let keepIdle = tcp(4)
  static let keepInterval = tcp(5)
  static let keepCount = tcp(6)
  static let info = tcp(11)
  static let quickAcknowledgment = tcp(12)
  static let congestion = tcp(13)
  static let userTimeout = tcp(18)
}
