import Foundation
import Observation

/// The page of one item.
@MainActor @Observable
public final class ItemModel {
  public enum State: Hashable, Sendable {
    case loading
    case shown
    case gone  // it was removed from the catalogue
    case failed(ErrorMessage)
  }

  public let id: String
  public private(set) var state = State.loading
  public private(set) var item: Item?
  public private(set) var prices: [ItemHistory.Entry] = []  // the earliest first; empty when the price never changed
  public private(set) var alikes: [SearchResult] = []
  public private(set) var given: Feedback?  // the like or dislike of this visit

  private let client: Client

  /// `result` is shown until the whole item is there.
  public init(id: String, client: Client) {
    self.id = id
    self.client = client
  }

  public func load() async {
    do {
      let item = try await client.item(id)
      self.item = item
      state = .shown
    } catch is CancellationError {
      return
    } catch {
      state = (error as? ClientError)?.status == 404 ? .gone : .failed(ErrorMessage(error))
      return
    }
    // Both are extras: the page is complete without them.
    if let history = try? await client.history(of: id).history, Set(history.map(\.price)).count > 1 { prices = history }
    if let found = try? await client.search(SearchQuery(itemID: id), limit: 12) { alikes = found.results }
  }

  /// Likes or dislikes the item; the same again takes it back.
  public func give(_ signal: FeedbackSignal) async {
    do {
      let before = given
      if let before {
        try await client.undo(before)
        given = nil
      }
      if before?.signal != signal.rawValue { given = try await client.give(signal, on: id) }
    } catch {
      // What is shown stays what the server knows.
    }
  }

  /// The addresses to open the listing by, best first.
  public var addresses: [URL] { item.map { DeepLinks.addresses(of: SearchResult($0)) } ?? [] }
}
