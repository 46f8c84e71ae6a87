public import MartletFlow

/// What the specification calls the reason of a refusal (OpenFlow 1.3, 7.4.4).
///
/// The numbers are OpenFlow 1.3's; ``code(in:)`` says how another version has them.
public struct OpenFlowError: Error, Hashable, Sendable {
  /// The kind; 0xffff is an experimenter's.
  public let type: UInt16
  /// The reason within its kind.
  public let code: UInt16

  /// Makes one of the numbers of OpenFlow 1.3.
  public init(type: UInt16, code: UInt16) {
    self.type = type
    self.code = code
  }

  private init(_ type: UInt16, _ code: UInt16) { self.init(type: type, code: code) }

  // A request as a whole.
  static let incompatible = Self(0, 0)
  static let badVersion = Self(1, 0)
  static let badType = Self(1, 1)
  static let badStatistics = Self(1, 2)
  static let badExperimenter = Self(1, 3)
  static let badExperimenterType = Self(1, 4)
  static let notPermitted = Self(1, 5)
  static let badLength = Self(1, 6)
  static let bufferUnknown = Self(1, 8)
  static let badTable = Self(1, 9)
  static let isSlave = Self(1, 10)
  static let badPort = Self(1, 11)
  static let badPacket = Self(1, 12)
  static let overflow = Self(1, 13)
  // An action.
  static let badActionType = Self(2, 0)
  static let badActionLength = Self(2, 1)
  static let badActionExperimenter = Self(2, 2)
  static let badActionExperimenterType = Self(2, 3)
  static let badOutPort = Self(2, 4)
  static let badArgument = Self(2, 5)
  static let tooManyActions = Self(2, 7)
  static let badQueue = Self(2, 8)
  static let badOutGroup = Self(2, 9)
  static let badMatchForAction = Self(2, 10)
  static let unsupportedOrder = Self(2, 11)
  static let badTag = Self(2, 12)
  static let badSetType = Self(2, 13)
  static let badSetLength = Self(2, 14)
  static let badSetArgument = Self(2, 15)
  // An instruction.
  static let unknownInstruction = Self(3, 0)
  static let unsupportedInstruction = Self(3, 1)
  static let badGoto = Self(3, 2)
  static let badInstructionLength = Self(3, 7)
  // A match.
  static let badMatchType = Self(4, 0)
  static let badMatchLength = Self(4, 1)
  static let badWildcards = Self(4, 5)
  static let badField = Self(4, 6)
  static let badValue = Self(4, 7)
  static let badMask = Self(4, 8)
  static let badPrerequisite = Self(4, 9)
  static let duplicateField = Self(4, 10)
  // Flows, groups, ports, tables.
  static let tableFull = Self(5, 1)
  static let flowBadTable = Self(5, 2)
  static let overlap = Self(5, 3)
  static let badFlowCommand = Self(5, 6)
  static let badFlowFlags = Self(5, 7)
  static let groupExists = Self(6, 0)
  static let invalidGroup = Self(6, 1)
  static let outOfGroups = Self(6, 3)
  static let groupLoop = Self(6, 7)
  static let unknownGroup = Self(6, 8)
  static let badGroupType = Self(6, 10)
  static let badGroupCommand = Self(6, 11)
  static let badBucket = Self(6, 12)
  static let portModBadPort = Self(7, 0)
  static let portModBadAddress = Self(7, 1)
  static let tableModBadTable = Self(8, 0)
  static let queueBadPort = Self(9, 0)
  static let queueBadQueue = Self(9, 1)
  static let badConfigFlags = Self(10, 0)
  // Roles and meters.
  static let staleGeneration = Self(11, 0)
  static let badRole = Self(11, 2)
  static let meterExists = Self(12, 1)
  static let invalidMeter = Self(12, 2)
  static let unknownMeter = Self(12, 3)
  static let badMeterCommand = Self(12, 4)
  static let badMeterFlags = Self(12, 5)
  static let badBand = Self(12, 8)
  static let badBandValue = Self(12, 9)
  static let outOfMeters = Self(12, 10)
  static let tableFeaturesNotPermitted = Self(13, 5)
  // Bundles (ONF extension 230): the kind is an experimenter's.
  static let bundleBadID = Self(0xffff, 2302)
  static let bundleExists = Self(0xffff, 2303)
  static let bundleClosed = Self(0xffff, 2304)
  static let outOfBundles = Self(0xffff, 2305)
  static let bundleBadType = Self(0xffff, 2306)
  static let bundleBadFlags = Self(0xffff, 2307)
  static let bundleBadLength = Self(0xffff, 2308)
  static let bundleBadTransaction = Self(0xffff, 2309)
  static let bundleUnsupported = Self(0xffff, 2310)
  static let bundleTooMany = Self(0xffff, 2312)
  static let bundleFailed = Self(0xffff, 2313)

  /// The specification's error for what a datapath refused.
  public init(_ error: FlowError) {
    switch error {
    case .badTable: self = .flowBadTable
    case .tableFull: self = .tableFull
    case .overlap: self = .overlap
    case .badOutPort: self = .badOutPort
    case .badGroup: self = .badOutGroup
    case .badMeter, .unknownMeter: self = .unknownMeter
    case .badSetField: self = .badSetArgument
    case .tooManyActions: self = .tooManyActions
    case .unsupportedOrder: self = .unsupportedInstruction
    case .badGoto: self = .badGoto
    case .unsupportedAction: self = .badActionType
    case .groupExists: self = .groupExists
    case .unknownGroup: self = .unknownGroup
    case .outOfGroups: self = .outOfGroups
    case .groupLoop: self = .groupLoop
    case .badBuckets: self = .badBucket
    case .meterExists: self = .meterExists
    case .outOfMeters: self = .outOfMeters
    case .badPort: self = .badPort
    }
  }

  /// Its numbers in a version. What OpenFlow 1.0 has no number for is said as Open vSwitch says it, or by the
  /// nearest that there is.
  public func code(in version: OpenFlowVersion) -> (type: UInt16, code: UInt16) {
    guard version == .v10 else { return (type, code) }
    switch type {
    case 0: return (0, code)
    case 1: return code <= 8 ? (1, code) : (1, code == 10 ? 5 : code == 9 ? 8 : 6)
    case 2: return code <= 8 ? (2, code) : (2, 5)
    case 3: return (2, 5)
    case 4: return (1, 6)
    case 5:
      switch self {
      case .tableFull: return (3, 0)
      case .overlap: return (3, 1)
      case .badFlowCommand: return (3, 4)
      default: return (3, 5)
      }
    case 7: return (4, code)
    case 9: return (5, code)
    case 11: return (1, 5)
    default: return (1, 1)
    }
  }

  /// The message that refuses a request: it quotes the request up to 512 bytes of it.
  func message(in version: OpenFlowVersion, refusing request: OpenFlowMessage) -> [UInt8] {
    let numbers = code(in: version)
    var body = ByteWriter()
    body.append(numbers.type)
    body.append(numbers.code)
    if numbers.type == 0xffff { body.append(Experimenter.onf) }
    body.append(request.bytes.prefix(512))
    return OpenFlowMessage.encode(
      version, .error, transaction: request.transaction, body: body.bytes)
  }
}
