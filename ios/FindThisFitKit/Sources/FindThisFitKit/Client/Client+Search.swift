import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension Client {
  /// The columns that are counted for the filters.
  static let facets = FilterName.allCases.map(\.rawValue) + ["price"]

  /// A page of results. The photo is sent as a file, with progress; further pages need it again. `cursor` is that of the
  /// page before, of the same query. Facets come with the first page.
  public func search(
    _ query: SearchQuery, cursor: String? = nil, limit: Int = SearchQuery.pageSize, progress: UploadProgress? = nil
  ) async throws -> SearchResponse {
    guard query.photo == nil else {
      let endpoint = try upload(query, cursor: cursor, limit: limit)
      defer { endpoint.file.map { try? FileManager.default.removeItem(at: $0) } }
      return try await call(endpoint, progress: progress)
    }
    let fields = SearchFields(query: query, limit: limit, cursor: cursor, facets: cursor == nil ? Client.facets : nil)
    var endpoint = try Endpoint.send("POST", "/api/v1/search", fields, isRepeatable: true)
    endpoint.namesDevice = query.usesTaste
    return try await call(endpoint)
  }

  /// The first page of a search by photo as a request and the file that is its body, which the caller removes.
  func searchUpload(_ query: SearchQuery) throws -> (request: URLRequest, file: URL, contentType: String) {
    let endpoint = try upload(query, cursor: nil, limit: SearchQuery.pageSize)
    guard let file = endpoint.file else { throw ClientError.badAddress }
    return (try request(of: endpoint), file, endpoint.contentType)
  }

  /// The request of a search by photo whose body is there already.
  func searchRequest(_ query: SearchQuery, contentType: String) throws -> URLRequest {
    var request = try request(of: Client.searchEndpoint(query, file: nil, contentType: contentType))
    request.setValue(contentType, forHTTPHeaderField: "Content-Type")
    return request
  }

  private func upload(_ query: SearchQuery, cursor: String?, limit: Int) throws -> Endpoint {
    let fields = SearchFields(query: query, limit: limit, cursor: cursor, facets: cursor == nil ? Client.facets : nil)
    var form = MultipartForm()
    for (name, value) in try fields.formFields() { form.add(name, value) }
    if let photo = query.photo { form.add("image", photo) }
    return Client.searchEndpoint(query, file: try form.write(), contentType: form.contentType)
  }

  private static func searchEndpoint(_ query: SearchQuery, file: URL?, contentType: String) -> Endpoint {
    Endpoint(
      method: "POST", path: "/api/v1/search", file: file, contentType: contentType, namesDevice: query.usesTaste)
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
