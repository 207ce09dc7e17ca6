import Foundation
import Observation

/// The results of a query, page by page.
@MainActor @Observable
public final class ResultsModel {
  public enum State: Hashable, Sendable {
    case idle
    case loading(progress: Double?)  // the fraction of the photo that is sent
    case shown
    case failed(ErrorMessage)
  }

  public private(set) var state = State.idle
  public private(set) var query = SearchQuery()
  public private(set) var results: [SearchResult] = []
  public private(set) var facets: [String: Facet] = [:]
  public private(set) var predicted: [String: Prediction] = [:]
  public private(set) var readAs: ReadAs?
  public private(set) var hasMore = false
  public private(set) var isLoadingMore = false
  /// When the results were found, if the server could not be reached and they are those of an earlier search.
  public private(set) var foundEarlier: Date?

  private let client: Client
  private let recents: RecentSearches?
  private var cursor: String?
  private var run = 0  // counts queries: what an earlier one answers is not shown

  public init(client: Client, recents: RecentSearches? = nil) {
    self.client = client
    self.recents = recents
  }

  /// Shows the results of a query. Results of the query before stay until the new ones are there.
  public func show(_ query: SearchQuery) async {
    run += 1
    let current = run
    self.query = query
    state = .loading(progress: nil)
    do {
      let page = try await Page(query, of: client) { [weak self] sent in
        Task { @MainActor in self?.report(sent, of: current) }
      }
      guard current == run else { return }
      take(page, replacing: true)
      foundEarlier = nil
      state = .shown
      if !query.isEmpty { _ = try? await recents?.keep(query, of: client.server, results: page.results) }
    } catch {
      guard current == run, !(error is CancellationError) else { return }
      await fail(error, of: current)
    }
  }

  /// Changes the query and shows its results.
  public func change(_ change: (inout SearchQuery) -> Void) async {
    var next = query
    change(&next)
    if next != query { await show(next) }
  }

  public func again() async { await show(query) }

  /// Shows an earlier search at once, and then what the server finds now.
  public func show(_ recent: RecentSearch) async {
    run += 1
    results = recent.results
    foundEarlier = recent.searchedAt
    await show(recent.query)
  }

  /// Adds the next page. Without one, or while one is on its way, nothing happens.
  public func loadMore() async {
    guard let cursor, state == .shown, !isLoadingMore else { return }
    isLoadingMore = true
    defer { isLoadingMore = false }
    let current = run
    do {
      let page = try await Page(query, cursor: cursor, of: client)
      if current == run { take(page, replacing: false) }
    } catch {
      // The results stay; scrolling on tries again.
    }
  }

  public func match(of result: SearchResult) -> Match? { Match(result, hasExample: query.hasExample) }

  private func take(_ page: Page, replacing: Bool) {
    if replacing {
      results = []
      facets = page.facets
      predicted = page.predicted
      readAs = page.readAs
    }
    let known = Set(results.map(\.id))
    results += page.results.filter { !known.contains($0.id) }
    cursor = page.nextCursor
    hasMore = cursor != nil
  }

  private func report(_ sent: Double, of reported: Int) {
    if reported == run, case .loading = state { state = .loading(progress: sent) }
  }

  private func fail(_ error: any Error, of failed: Int) async {
    let message = ErrorMessage(error)
    let earlier = message == .unreachable ? await recents?.search(like: query, of: client.server) : nil
    guard failed == run else { return }
    guard let earlier else {
      state = .failed(message)
      return
    }
    take(Page(results: earlier.results), replacing: true)
    foundEarlier = earlier.searchedAt
    state = .shown
  }
}

/// A page of a search, or of the catalogue where there is no query.
private struct Page: Sendable {
  var results: [SearchResult]
  var nextCursor: String?
  var facets: [String: Facet] = [:]
  var predicted: [String: Prediction] = [:]
  var readAs: ReadAs?
}

extension Page {
  init(
    _ query: SearchQuery, cursor: String? = nil, of client: Client, progress: UploadProgress? = nil
  ) async throws {
    if query.isEmpty {
      let list = try await client.browse(query.filters, cursor: cursor)
      self.init(results: list.items.map { SearchResult($0) }, nextCursor: list.nextCursor, facets: list.facets ?? [:])
    } else {
      let found = try await client.search(query, cursor: cursor, progress: progress)
      self.init(
        results: found.results, nextCursor: found.nextCursor, facets: found.facets ?? [:],
        predicted: found.predictedProperties ?? [:], readAs: found.readAs)
    }
  }
}
