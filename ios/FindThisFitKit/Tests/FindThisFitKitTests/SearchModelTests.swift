import Foundation
import Testing

@testable import FindThisFitKit

/// A renderer that knows a size for every file and draws nothing: it returns the file.
struct PlainRenderer: PhotoRenderer {
  var stored: PixelSize? = PixelSize(width: 600, height: 800)
  var canDraw = true

  func info(of data: Data) -> PhotoInfo? { stored.map { PhotoInfo(stored: $0) } }

  func draw(_ data: Data, crop: PixelBox, orientation: PhotoOrientation, size: PixelSize, quality: Double) -> Data? {
    canDraw ? data : nil
  }
}

@MainActor @Suite struct SearchModelTests {
  let jpeg = Data([0xFF, 0xD8, 0xFF, 0xE0])

  func model(_ renderer: PlainRenderer = PlainRenderer()) -> SearchModel {
    SearchModel(preparation: PhotoPreparation(renderer: renderer), searches: RecentSearches(folder: temporaryFolder()))
  }

  @Test func aPhotoAndWords() async throws {
    let model = model()
    #expect(!model.canSearch)
    #expect(await model.makeQuery() == nil)
    model.choose(Data("no photo".utf8))
    #expect(model.isNoPhoto && model.original == nil)
    model.choose(jpeg)
    model.words = "in red"
    #expect(!model.isNoPhoto && model.canSearch)
    let query = try #require(await model.makeQuery())
    #expect(query.photo?.data == jpeg && query.words == "in red")
    model.removePhoto()
    #expect(await model.makeQuery() == SearchQuery(words: "in red"))
  }

  @Test func photosThatCannotBeDrawn() async throws {
    let model = model(PlainRenderer(canDraw: false))
    model.choose(jpeg)
    var drawn = PhotoChoice.whole
    drawn.move(.right, toX: 0.5, y: 0)
    model.choose(drawn)
    #expect(await model.makeQuery() == nil)
    #expect(model.isNoPhoto)
    let unread = PhotoPreparation(renderer: PlainRenderer(stored: nil))
    #expect(unread.photo(jpeg)?.data == jpeg)  // the server may be able to read it
    #expect(unread.photo(jpeg, crop: CropBox(x: 0, y: 0, width: 0.5, height: 1)) == nil)
    #expect(unread.photo(Data()) == nil)
  }

  @Test func recents() async throws {
    let searches = RecentSearches(folder: temporaryFolder())
    let server = try #require(ServerAddress("https://fit.example"))
    let kept = try await searches.keep(SearchQuery(words: "coat"), of: server, results: [])
    try await searches.keep(SearchQuery(words: "hat"), of: server, results: [])
    let model = SearchModel(preparation: PhotoPreparation(renderer: PlainRenderer()), searches: searches)
    await model.loadRecents()
    #expect(model.recents.count == 2)
    await model.removeRecent(kept.id)
    #expect(model.recents.map(\.query.words) == ["hat"])
    await model.clearRecents()
    #expect(model.recents.isEmpty)
  }
}

/// What the server says of the garments in a photo, without a server.
@MainActor @Suite struct GarmentsOfAPhotoTests {
  let jpeg = Data([0xFF, 0xD8, 0xFF, 0xE0])
  let top = GarmentTests.garment(0, "tops", PhotoBox(left: 0.25, top: 0, right: 0.75, bottom: 0.5))
  let trousers = GarmentTests.garment(1, "bottoms", PhotoBox(left: 0.25, top: 0.5, right: 0.75, bottom: 1))

  func model(_ renderer: PlainRenderer = PlainRenderer()) -> SearchModel {
    SearchModel(preparation: PhotoPreparation(renderer: renderer), searches: RecentSearches(folder: temporaryFolder()))
  }

  func client(_ garments: DetectedGarment...) throws -> (Client, RecordingTransport) {
    let found = Detection(width: 600, height: 800, garments: garments)
    let transport = RecordingTransport(HTTPAnswer(status: 200, body: try APICoding.encoder().encode(found)))
    return (Client(server: try #require(ServerAddress("https://fit.example")), transport: transport), transport)
  }

  @Test func aPersonChoosesAmongSeveral() async throws {
    let model = model()
    let (client, transport) = try client(top, trousers)
    await model.findGarments(with: client)
    #expect(await transport.requests.isEmpty)  // there is no photo yet
    model.choose(jpeg)
    await model.findGarments(with: client)
    await model.findGarments(with: client)
    #expect(await transport.requests.map { $0.url?.path } == ["/api/v1/detect"])  // once
    #expect(model.garments == [top, trousers] && model.choice.isWhole && !model.isDetecting)
    model.choose(PhotoChoice(trousers))
    #expect(model.choice.garment == trousers)
    #expect(try #require(await model.makeQuery()).part == nil)  // the photo is cut here
    model.choose(jpeg)
    #expect(model.garments.isEmpty && model.choice.isWhole)
  }

  @Test func theGarmentThatThePhotoIsAboutIsChosen() async throws {
    let model = model()
    model.choose(jpeg)
    await model.findGarments(with: try client(top).0)
    #expect(model.choice == PhotoChoice(top))
    let decided = self.model()
    decided.choose(jpeg)
    decided.choose(.whole)
    await decided.findGarments(with: try client(top).0)
    #expect(decided.choice.isWhole && decided.garments == [top])
  }

  @Test func anAnswerAboutAnotherPhotoIsNotShown() async throws {
    let model = model()
    model.choose(jpeg)
    let client = try client(top).0
    async let found: Void = model.findGarments(with: client)
    model.removePhoto()
    await found
    #expect(model.garments.isEmpty && !model.isDetecting)
  }

  @Test func withoutAnAnswerAPersonDraws() async throws {
    let model = model()
    model.choose(jpeg)
    var options = ClientOptions()
    options.retry = .never
    let nowhere = Client(
      server: try #require(ServerAddress("fit.example")), transport: FlakyTransport([], next: nil), options: options)
    await model.findGarments(with: nowhere)
    #expect(model.garments.isEmpty && !model.isDetecting && model.canSearch)
    await model.findGarments(with: try client(top).0)  // shown again, with a network
    #expect(model.garments == [top])
  }

  @Test func theServerCutsWhatTheDeviceCannotDraw() async throws {
    let model = model(PlainRenderer(stored: nil))
    model.choose(jpeg)
    await model.findGarments(with: try client(top).0)
    let query = try #require(await model.makeQuery())
    #expect(query.photo?.data == jpeg && query.part == .box(top.box))
  }
}
