import Foundation
import Testing

@testable import FindThisFitKit

@Suite struct QueryTests {
  @Test func wordsAndColour() {
    var query = SearchQuery(words: "  ")
    #expect(query.isEmpty && query.text.isEmpty)
    query.colour = "red"
    #expect(query.text == "this but in red")
    query.words = "wool coat "
    #expect(query.text == "wool coat in red" && !query.isEmpty)
  }

  @Test func anExampleIsInOneList() {
    var query = SearchQuery()
    query.toggle("1", in: \.like)
    query.toggle("1", in: \.unlike)
    #expect(query.like.isEmpty && query.unlike == ["1"])
    query.toggle("1", in: \.unlike)
    #expect(query.unlike.isEmpty && query.isEmpty)
    for id in 1...25 { query.toggle("\(id)", in: \.like) }
    #expect(query.like.count == SearchQuery.mostExamples && query.like.last == "25")
  }

  @Test func aPartOfThePhoto() throws {
    var query = SearchQuery(photo: try #require(Photo(Data([0xFF, 0xD8]))))
    func part(_ part: PhotoPart?) throws -> [String: String] {
      query.part = part
      let fields = try SearchFields(query: query).formFields().map { ($0.name, $0.value) }
      return Dictionary(uniqueKeysWithValues: fields.filter { ["box", "garment", "detect"].contains($0.0) })
    }
    #expect(try part(nil) == [:])
    #expect(try part(.box(PhotoBox(left: 0, top: 0.25, right: 0.5, bottom: 1))) == ["box": "0.0,0.25,0.5,1.0"])
    #expect(try part(.garment(2)) == ["garment": "2"])
    #expect(try part(.mostProminent) == ["detect": "auto"])
    query.photo = nil
    #expect(try part(.garment(2)) == [:])  // it is a part of the photo
    // Searches that an older version of the app has kept have no part.
    query.part = nil
    let kept = try JSONEncoder().encode(query)
    #expect(!String(decoding: kept, as: UTF8.self).contains("part"))
    #expect(try JSONDecoder().decode(SearchQuery.self, from: kept) == query)
  }

  @Test func filters() throws {
    var filters = Filters()
    #expect(filters.isEmpty)
    filters.toggle("red", of: .primaryColor)
    filters.toggle("blue", of: .primaryColor)
    filters.lowestPrice = 5
    #expect(filters.count == 3 && filters.has("red", of: .primaryColor))
    let data = try APICoding.encoder().encode(filters)
    #expect(String(decoding: data, as: UTF8.self) == #"{"price_range":[5,null],"primary_color":["red","blue"]}"#)
    #expect(try APICoding.decoder().decode(Filters.self, from: data) == filters)
    filters.toggle("red", of: .primaryColor)
    filters.toggle("blue", of: .primaryColor)
    filters.lowestPrice = nil
    #expect(filters.isEmpty)
    let unknown = Data(#"{"colour_of_the_moon":["x"],"brand":"gap","size":[]}"#.utf8)
    #expect(try APICoding.decoder().decode(Filters.self, from: unknown).isEmpty)
    for value in 0..<150 { filters.toggle("\(value)", of: .brand) }
    #expect(filters.count == Filters.mostValues)
  }

  @Test func howWellAResultMatches() {
    func match(_ relevance: Double?, same: Bool? = nil, hasExample: Bool) -> Match? {
      let result = SearchResult(
        id: "1", source: "s", externalId: "1", title: "", brand: nil, price: nil, currency: nil, size: nil, url: nil,
        imageUrl: "/images/2", images: [], deepLink: nil, similarity: nil, relevance: relevance, sameImage: same,
        properties: [:])
      return Match(result, hasExample: hasExample)
    }
    #expect(match(0.95, hasExample: false) == .exact)
    #expect(match(0.95, hasExample: true) == .close)
    #expect(match(0.1, same: true, hasExample: true) == .exact)
    #expect(match(0.69, hasExample: true) == nil)
    #expect(match(nil, hasExample: false) == nil)
  }

  @Test func whatIsSeenOfAnItem() {
    func seen(_ properties: [String: String]) -> String {
      SearchResult(
        id: "1", source: "s", externalId: "1", title: "", brand: nil, price: nil, currency: nil, size: nil, url: nil,
        imageUrl: nil, images: [], deepLink: nil, similarity: nil, relevance: nil, sameImage: nil,
        properties: properties
      ).seen
    }
    #expect(seen(["primary_color": "brown", "subcategory": "shirt", "category": "top"]) == "Brown shirt")
    #expect(seen(["primary_color": "brown", "category": "top"]) == "Brown top")
    #expect(seen(["category": "évening dress"]) == "Évening dress")
    #expect(seen(["primary_color": "", "subcategory": "shirt"]) == "Shirt")
    #expect(seen(["material": "wool"]).isEmpty)
  }

  @Test func jsonValues() throws {
    let text = #"{"a":[null,true,1.5,"x",{"b":[]}]}"#
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    #expect(value["a"]?.array?.count == 5 && value["b"] == nil && value.string == nil)
    #expect(String(decoding: try JSONEncoder().encode(value), as: UTF8.self) == text)
  }

  @Test func times() throws {
    let whole = try #require(APICoding.date("2026-11-29T10:00:00Z"))
    #expect(APICoding.date("2026-11-29T10:00:00.123456Z") == whole)
    #expect(APICoding.date("2026-11-29T11:00:00.5+01:00") == whole)
    #expect(APICoding.date("yesterday") == nil)
    #expect(throws: DecodingError.self) { try APICoding.decoder().decode(Date.self, from: Data(#""soon""#.utf8)) }
    #expect(String(decoding: try APICoding.encoder().encode([whole]), as: UTF8.self) == #"["2026-11-29T10:00:00Z"]"#)
  }
}
