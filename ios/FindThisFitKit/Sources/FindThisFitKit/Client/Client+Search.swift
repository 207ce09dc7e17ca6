import Foundation

extension Client {
  /// The columns that are counted for the filters.
  static let facets = FilterName.allCases.map(\.rawValue) + ["price"]

  /// A page of results. The photo is sent as a file, with progress; further pages need it again. `cursor` is that of the
  /// page before, of the same query. Facets come with the first page.
  public func search(
    _ query: SearchQuery, cursor: String? = nil, limit: Int = SearchQuery.pageSize, progress: UploadProgress? = nil
  ) async throws -> SearchResponse {
    let facets = cursor == nil ? Client.facets : nil
    let fields = SearchFields(query: query, limit: limit, cursor: cursor, facets: facets)
    guard let photo = query.photo else {
      var endpoint = try Endpoint.send("POST", "/api/v1/search", fields, isRepeatable: true)
      endpoint.namesDevice = query.usesTaste
      return try await call(endpoint)
    }
    var form = MultipartForm()
    for (name, value) in try fields.formFields() { form.add(name, value) }
    form.add("image", photo)
    let file = try form.write()
    defer { try? FileManager.default.removeItem(at: file) }
    let endpoint = Endpoint(
      method: "POST", path: "/api/v1/search", file: file, contentType: form.contentType, namesDevice: query.usesTaste)
    return try await call(endpoint, progress: progress)
  }

  /// A page of the catalogue, the latest items first.
  public func browse(_ filters: Filters, cursor: String? = nil, limit: Int = SearchQuery.pageSize) async throws
    -> ItemList
  {
    let encoder = APICoding.encoder()
    return try await call(
      .get(
        "/api/v1/items",
        [
          "filters": filters.isEmpty ? nil : String(decoding: encoder.encode(filters), as: UTF8.self),
          "facets": cursor == nil ? String(decoding: encoder.encode(Client.facets), as: UTF8.self) : nil,
          "limit": "\(limit)",
          "cursor": cursor,
        ]))
  }

  public func item(_ id: String) async throws -> Item { try await call(.get("/api/v1/items/\(id)")) }

  public func history(of id: String) async throws -> ItemHistory { try await call(.get("/api/v1/items/\(id)/history")) }
}
