import Foundation
import Testing

@testable import FindThisFitKit

/// Searches of a real server with a part of a photo.
@Suite(.enabled(if: hasServers, noServers)) struct PhotoPartTests {
  func pair() throws -> (Photo, PairOfGarments) {
    let pair = try servers().pair
    return (try #require(Photo(try Data(contentsOf: URL(filePath: pair.photo)))), pair)
  }

  func search(_ part: PhotoPart?) async throws -> SearchResponse {
    var query = SearchQuery(photo: try pair().0)
    query.part = part
    return try await openClient().search(query)
  }

  @Test func eachHalfFindsItsOwnItem() async throws {
    let (_, pair) = try pair()
    let upper = PhotoBox(left: 0, top: 0, right: 1, bottom: pair.border)
    let lower = PhotoBox(left: 0, top: pair.border, right: 1, bottom: 1)
    let top = try await search(.box(upper))
    #expect(top.results.first?.id == pair.items[0] && top.searchedBox == upper)
    #expect(try await search(.box(lower)).results.first?.id == pair.items[1])
    #expect(try await search(nil).searchedBox == nil)
  }

  @Test func aBoxThatIsNoneIsRefused() async throws {
    await #expect { try await search(.box(PhotoBox(left: 0.5, top: 0, right: 0.5, bottom: 1))) } throws: { error in
      guard case .problem(let problem) = error as? ClientError else { return false }
      return problem.status == 422 && problem.field == "box"
    }
  }

  @Test func withoutADetectorTheWholePhotoIsSearchedWith() async throws {
    let found = try await search(.mostProminent)
    #expect(!found.results.isEmpty)
    guard try !servers().detects else { return }
    #expect(found.searchedBox == nil)
    await #expect { try await openClient().detect(try pair().0) } throws: { ErrorMessage($0) == .notFound }
  }

  @Test func theServerSaysWhetherItFindsGarments() async throws {
    #expect(try await openClient().capabilities().canDetect == servers().detects)
    #expect(try await Client(server: servers().closed).capabilities().canDetect == false)  // nobody is signed in
  }
}

/// The garments that a real server finds.
@Suite(.enabled(if: TestServers.shared?.detects == true, "the servers find no garments"))
struct DetectionTests {
  func hold(_ found: Detection) {
    #expect(found.garments.map(\.index) == Array(found.garments.indices))
    for garment in found.garments {
      let sides = [garment.box.left, garment.box.top, garment.box.right, garment.box.bottom]
      #expect(sides.allSatisfy { (0...1).contains($0) } && (0...1).contains(garment.confidence))
      #expect(garment.box.left < garment.box.right && garment.box.top < garment.box.bottom)
    }
  }

  @Test func twoGarmentsOfADrawnPhoto() async throws {
    let pair = try servers().pair
    let photo = try #require(Photo(try Data(contentsOf: URL(filePath: pair.photo))))
    let client = try openClient()
    let found = try await client.detect(photo)
    hold(found)
    try #require(found.garments.count >= 2)
    let middles = found.garments.map { ($0.box.top + $0.box.bottom) / 2 }
    #expect(middles.contains { $0 < pair.border } && middles.contains { $0 > pair.border })
    for garment in found.garments.prefix(2) {
      var query = SearchQuery(photo: photo)
      query.part = .garment(garment.index)
      let results = try await client.search(query)
      #expect(results.searchedBox == garment.box)
      query.part = .box(garment.box)
      #expect(try await client.search(query).results.map(\.id) == results.results.map(\.id))
    }
    var query = SearchQuery(photo: photo)
    query.part = .mostProminent
    #expect(try await client.search(query).searchedBox == found.garments.first?.box)
    query.part = .garment(found.garments.count)
    await #expect { try await client.search(query) } throws: { error in
      guard case .problem(let problem) = error as? ClientError else { return false }
      return problem.field == "garment" && ErrorMessage(error) == .invalid
    }
  }

  @Test func whatIsNoPhotoIsRefused() async throws {
    let broken = try #require(Photo(Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data(repeating: 0, count: 200)))
    await #expect { try await openClient().detect(broken) } throws: { ErrorMessage($0) == .notAPhoto }
  }

  /// Photos that people took at home, of one garment each.
  @Test(
    .enabled(if: TestServers.shared?.photoFolder != nil, "../shared/data/photos is not there"),
    arguments: ["dress", "pants", "shirt", "shoes"])
  func realPhotos(_ kind: String) async throws {
    let folder = URL(filePath: try #require(try servers().photoFolder)).appending(path: "validation/\(kind)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().prefix(5)
    var photosWithGarments = 0
    for name in names {
      let photo = try #require(Photo(try Data(contentsOf: folder.appending(path: name))))
      let found = try await openClient().detect(photo)
      hold(found)
      photosWithGarments += found.garments.isEmpty ? 0 : 1
    }
    #expect(photosWithGarments > names.count / 2)
  }

  /// From the photo to the results, as on the page where a search begins.
  @MainActor @Test func aGarmentIsChosenAndSearchedWith() async throws {
    let pair = try servers().pair
    let client = try openClient()
    let renderer = PlainRenderer(stored: nil)  // the server cuts
    let model = SearchModel(
      preparation: PhotoPreparation(renderer: renderer), searches: RecentSearches(folder: temporaryFolder()))
    model.choose(try Data(contentsOf: URL(filePath: pair.photo)))
    await model.findGarments(with: client)
    let lower = try #require(model.garments.max { $0.box.top < $1.box.top })
    model.choose(PhotoChoice(lower))
    let results = ResultsModel(client: client)
    await results.show(try #require(await model.makeQuery()))
    #expect(results.state == .shown && results.results.first?.id == pair.items[1])
  }
}
