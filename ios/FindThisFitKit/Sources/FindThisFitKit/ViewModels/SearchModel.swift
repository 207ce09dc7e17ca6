import Foundation
import Observation

/// The page on which a search begins: words, a photo with the garments in it, and earlier searches.
@MainActor @Observable
public final class SearchModel {
  public var words = ""
  public private(set) var choice = PhotoChoice.whole  // the part of the photo to search with
  public private(set) var original: Data?  // the chosen file
  public private(set) var photoNumber = 0  // another one for each chosen file
  public private(set) var garments: [DetectedGarment] = []  // in the photo, the most prominent first
  public private(set) var isDetecting = false
  public private(set) var isPreparing = false
  public private(set) var isNoPhoto = false  // what was chosen last cannot be read
  public private(set) var recents: [RecentSearch] = []

  private var isDecided = false  // whether a person has chosen the part
  private var answered = 0  // the number of the photo whose garments the server has named
  private let preparation: PhotoPreparation
  private let searches: RecentSearches

  public init(preparation: PhotoPreparation, searches: RecentSearches) {
    self.preparation = preparation
    self.searches = searches
  }

  public var canSearch: Bool {
    original != nil || !words.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty
  }

  /// Takes a file from the camera, the library, the pasteboard, or a drop.
  public func choose(_ data: Data) {
    isNoPhoto = PhotoKind(data) == nil
    if !isNoPhoto { begin(data) }
  }

  public func removePhoto() {
    begin(nil)
    isNoPhoto = false
  }

  private func begin(_ data: Data?) {
    original = data
    photoNumber += 1
    choice = .whole
    isDecided = false
    garments = []
    isDetecting = false
  }

  /// Takes the part that a person has chosen.
  public func choose(_ choice: PhotoChoice) {
    self.choice = choice
    isDecided = true
  }

  /// Asks the server for the garments in the photo, once. Where it does not find them, a person draws the part. The garment
  /// that the photo is about is chosen, unless a person has chosen before.
  public func findGarments(with client: Client) async {
    guard let original, answered != photoNumber, !isDetecting else { return }
    let asked = photoNumber
    isDetecting = true
    let preparation = preparation
    let photo = await Task.detached { preparation.photo(original, for: .quickLook) }.value
    let found = if let photo { try? await client.detect(photo) } else { Detection?.none }
    guard asked == photoNumber else { return }  // there is another photo meanwhile
    isDetecting = false
    guard let found else { return }
    answered = asked
    garments = found.choices
    if !isDecided, let main = found.main { choice.choose(main) }
  }

  /// The query with the photo as it is sent. Nil: there is nothing to search for, or the photo cannot be read.
  public func makeQuery() async -> SearchQuery? {
    guard canSearch else { return nil }
    guard let original else { return SearchQuery(words: words) }
    isPreparing = true
    defer { isPreparing = false }
    let (preparation, choice) = (preparation, choice)
    let (photo, part) = await Task.detached { preparation.photo(original, choice) }.value
    isNoPhoto = photo == nil
    guard let photo else { return nil }
    var query = SearchQuery(photo: photo, words: words)
    query.part = part
    return query
  }

  public func loadRecents() async { recents = await searches.all() }

  public func removeRecent(_ id: UUID) async {
    await searches.remove(id)
    await loadRecents()
  }

  public func clearRecents() async {
    await searches.removeAll()
    recents = []
  }
}
