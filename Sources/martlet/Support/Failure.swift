import MartletController
import MartletHost
import MartletHouse
import MartletOVSDB
import MartletStack
import MartletSwitch
import MartletTargets

/// Why a command could not do what it was asked for: what failed, on what, and what to do.
struct Failure: Error {
  /// The exit status, from `sysexits.h`.
  enum Status: Int32 {
    case usage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case defect = 70
    case system = 71
    case cannotCreate = 73
    case noPermission = 77
  }

  let status: Status
  let message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What an error of the libraries means here; `nil` for one of the argument parser's.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as HostError: self.init(error)
    case let error as NetworkError: self.init(.unavailable, "\(error)")
    case let error as StackError: self.init(.unavailable, "\(error)")
    case let error as TargetError: self.init(error)
    case let error as StorageError: self.init(error)
    case let error as SwitchError: self.init(error)
    case let error as StateError: self.init(.cannotCreate, "\(error)")
    case let error as ControllerError: self.init(.badData, "\(error)")
    case let error as SettingsError: self.init(.badData, "\(error)")
    default: return nil
    }
  }

  /// What an error of a target means here.
  init(_ error: TargetError) {
    if case .failed = error {
      self.init(.unavailable, error.description)
    } else {
      self.init(.usage, error.description)
    }
  }

  /// What an error of a database file means here.
  init(_ error: StorageError) {
    switch error {
    case .system: self.init(.system, error.description)
    case .busy: self.init(.unavailable, error.description)
    case .corrupt, .wrongDatabase, .badRecord: self.init(.badData, error.description)
    }
  }

  /// What an error of the switch means here.
  init(_ error: SwitchError) {
    let status: Status =
      switch error {
      case .unknown: .noInput
      case .invalid: .usage
      case .state, .flowsNotKept: .cannotCreate
      }
    self.init(status, "\(error)")
  }

  /// What an error of the host means here.
  init(_ error: HostError) { self.init(Self.status(of: error), "\(error)") }

  private static func status(of error: HostError) -> Status {
    switch error {
    case .missingPrivilege: .noPermission
    case .notFound: .noInput
    case .badArgument: .usage
    case .busy, .wrongKind, .unsupported: .unavailable
    case .system: .system
    }
  }
}
