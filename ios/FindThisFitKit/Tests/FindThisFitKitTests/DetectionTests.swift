import Foundation
import Testing

@testable import FindThisFitKit

/// The garments that real servers find, and searches with a part of a photo. The open server has a detector of the tests,
/// which takes bright parts of a photo for garments; the closed one has that of the program, if there is one.
@Suite(.enabled(if: hasServers, noServers)) struct DetectionTests {
  let client: Client
  let pair: PairOfGarments
  let photo: Photo

  init() throws {
    client = try openClient()
    pair = try servers().pair
    photo = try #require(Photo(try Data(contentsOf: URL(filePath: pair.photo))))
  }

  func search(_ part: PhotoPart?, _ client: Client? = nil, all: Bool = false) async throws -> SearchResponse {
    var query = SearchQuery(photo: photo)
    query.part = part
    query.showsWeakMatches = all
    query.showsDuplicates = all
    return try await (client ?? self.client).search(query)
  }

  func isNear(_ box: PhotoBox?, _ wanted: [Double]) -> Bool {
    guard let box else { return false }
    return zip([box.left, box.top, box.right, box.bottom], wanted).allSatisfy { abs($0 - $1) < 0.01 }
  }

  func isRefused(_ error: any Error, _ field: String) -> Bool {
    guard case .problem(let problem) = error as? ClientError else { return false }
    return problem.status == 422 && problem.field == field && ErrorMessage(error) == .invalid
  }

  @Test func serversSayWhetherTheyFindGarments() async throws {
    #expect(try await client.capabilities().canDetect)
    #expect(try await closedClient().capabilities().canDetect)
    #expect(try await Client(server: servers().closed).capabilities().canDetect == false)  // nobody is signed in
  }

  @Test func twoGarmentsOfAPhoto() async throws {
    let found = try await client.detect(photo)
    #expect((found.width, found.height) == (768, 1_024))
    #expect(found.garments.map(\.index) == [0, 1])
    for (garment, box) in zip(found.garments, pair.boxes) {
      #expect(isNear(garment.box, box) && (0.4...1).contains(garment.confidence))
    }
  }

  /// The server cuts a garment out with some of what is around it, which is black here: its own item need not be the first.
  @Test func aGarmentFindsWhatItsBoxFinds() async throws {
    let garments = try await client.detect(photo).garments
    try #require(garments.count == pair.boxes.count)
    var found: [[String]] = []
    for (garment, box) in zip(garments, pair.boxes) {
      let answer = try await search(.garment(garment.index), all: true)
      let ids = answer.results.map(\.id)
      #expect(answer.searchedBox == garment.box && isNear(answer.searchedBox, box) && !ids.isEmpty)
      #expect(try await search(.box(garment.box), all: true).results.map(\.id) == ids)
      found.append(ids)
    }
    #expect(found[0] != found[1])
    let prominent = try await search(.mostProminent, all: true)
    #expect(prominent.searchedBox == garments[0].box && prominent.results.map(\.id) == found[0])
    let whole = try await search(nil, all: true)
    #expect(whole.searchedBox == nil && !found.contains(whole.results.map(\.id)))
  }

  @Test func partsThatAreNoneAreRefused() async throws {
    await #expect { try await search(.garment(2)) } throws: { isRefused($0, "garment") }
    let empty = PhotoBox(left: 0.5, top: 0, right: 0.5, bottom: 1)
    await #expect { try await search(.box(empty)) } throws: { isRefused($0, "box") }
    let broken = try #require(Photo(Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data(repeating: 0, count: 200)))
    await #expect { try await client.detect(broken) } throws: { ErrorMessage($0) == .notAPhoto }
  }

  @Test func withoutADetectorTheWholePhotoIsSearchedWith() async throws {
    let refusal = Problem(
      type: "urn:find-this-fit:problem:invalid", title: "", status: 422, detail: "", instance: "/api/v1/search",
      requestId: "", field: "detect", missingScopes: nil)
    let answer = HTTPAnswer(status: 422, body: try APICoding.encoder().encode(refusal))
    let without = Client(server: client.server, transport: FlakyTransport([.answer(answer)]))
    #expect(try await search(.mostProminent, without).searchedBox == nil)
  }

  /// From the photo to the results, as on the page where a search begins.
  @MainActor @Test func aGarmentIsChosenAndSearchedWith() async throws {
    let renderer = PlainRenderer(stored: nil)  // the server cuts out the part
    let model = SearchModel(
      preparation: PhotoPreparation(renderer: renderer), searches: RecentSearches(folder: temporaryFolder()))
    model.choose(photo.data)
    await model.findGarments(with: client)
    #expect(model.garments.count == 2 && model.choice.isWhole)  // both stand out
    let results = ResultsModel(client: client)
    await results.show(try #require(await model.makeQuery()))
    #expect(results.state == .shown)
    #expect(try await results.results.map(\.id) == search(nil).results.map(\.id))
    model.choose(PhotoChoice(try #require(model.garments.last)))
    await results.show(try #require(await model.makeQuery()))
    #expect(results.state == .shown && !results.results.isEmpty)
    #expect(try await results.results.map(\.id) == search(.garment(1)).results.map(\.id))
    #expect(try await results.results.map(\.id) != search(.garment(0)).results.map(\.id))
  }
}

/// What the program's own detector finds in photos of one garment each, which people took at home.
@Suite(.enabled(if: TestServers.shared?.photoFolder != nil, "../shared/data/photos or the servers are not there"))
struct RealDetectionTests {
  @Test(arguments: ["dress", "pants", "shirt", "shoes"]) func aPhotoHasAGarment(_ kind: String) async throws {
    let client = try await closedClient()
    let folder = URL(filePath: try #require(try servers().photoFolder)).appending(path: "validation/\(kind)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().prefix(5)
    var photosWithGarments = 0
    for name in names {
      let photo = try #require(Photo(try Data(contentsOf: folder.appending(path: name))))
      let found = try await client.detect(photo)
      #expect(found.garments.map(\.index) == Array(found.garments.indices))
      for garment in found.garments {
        let sides = [garment.box.left, garment.box.top, garment.box.right, garment.box.bottom]
        #expect(sides.allSatisfy { (0...1).contains($0) } && (0...1).contains(garment.confidence))
      }
      photosWithGarments += found.garments.isEmpty ? 0 : 1
    }
    #expect(photosWithGarments > names.count / 2)
  }
}
