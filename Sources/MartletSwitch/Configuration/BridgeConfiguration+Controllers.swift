internal import MartletTargets

extension BridgeConfiguration {
  /// Reads where a controller is, or may come: `tcp:`, `unix:`, `ptcp:` or `punix:`.
  ///
  /// - Parameter text: As it was said.
  /// - Returns: The target; the port is OpenFlow's where none is given.
  /// - Throws: What is wrong with the text, or that there is no TLS.
  static func controller(_ text: String) throws(TargetError) -> Target {
    let target = try Target(text, defaultPort: Target.openFlowPort)
    switch target {
    case .tls, .passiveTLS: throw .noTLS(text)
    case .tcp, .passiveTCP, .unix, .passiveUnix: return target
    }
  }
}
