/// Finds what answers a request: a short table of exact paths, looked through in order.
///
/// `Target` is what the caller wants to get back, such as an enum of its pages.
public struct Router<Target> {
  /// One page.
  public struct Route {
    let methods: MethodSet
    let path: Literal
    let target: Target

    /// Makes a route for some methods on one path.
    public init(_ methods: MethodSet, _ path: Literal, _ target: Target) {
      self.methods = methods
      self.path = path
      self.target = target
    }
  }

  /// What was found.
  public enum Result {
    /// This answers.
    case found(Target)
    /// 404.
    case notFound
    /// 405, and the methods that the path has.
    case methodNotAllowed(MethodSet)
    /// 501: no path has such a method.
    case notImplemented
  }

  let routes: [Route]

  /// Makes a router over a table.
  public init(_ routes: [Route]) {
    self.routes = routes
  }

  /// Finds the first route with the head's method and path.
  public func route(_ head: borrowing RequestHead) -> Result {
    guard head.method != .other else { return .notImplemented }
    var allowed: MethodSet = []
    for route in routes where head.path.equals(route.path) {
      if route.methods.contains(MethodSet(head.method)) { return .found(route.target) }
      allowed.formUnion(route.methods)
    }
    return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed)
  }
}

extension Router: Sendable where Target: Sendable {}
extension Router.Route: Sendable where Target: Sendable {}
