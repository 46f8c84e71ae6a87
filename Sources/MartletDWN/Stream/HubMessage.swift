/// What a hub says on its connection to a node.
public enum HubMessage: Equatable, Sendable, BitwiseCopyable {
  /// A command of two bytes.
  case command(HubCommand)
  /// A JSON object: ``HubMessageParser/body``.
  case object
  /// A frame of the authenticated mode: its type and body are ``HubMessageParser/body``.
  case frame
}
