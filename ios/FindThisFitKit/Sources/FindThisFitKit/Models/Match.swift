/// How well a result matches, for people. Cosines mean something else for every model and kind of query, so it follows from
/// the relevance, a probability. The bounds are those of the web app.
public enum Match: String, Sendable {
  case exact
  case close

  static let exactRelevance = 0.94
  static let closeRelevance = 0.7

  /// Beside an example (a photo or an item) only the same picture is exact. Nil: nothing is said.
  public init?(_ result: SearchResult, hasExample: Bool) {
    let relevance = result.relevance ?? 0
    if result.sameImage == true || (!hasExample && relevance >= Match.exactRelevance) {
      self = .exact
    } else if relevance >= Match.closeRelevance {
      self = .close
    } else {
      return nil
    }
  }
}
