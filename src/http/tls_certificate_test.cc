#include "http/tls_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <thread>

#include "base/temp_dir.h"
#include "http/test_certificate.h"

namespace fit::http {
namespace {

using ::testing::HasSubstr;

class TlsCertificateTest : public ::testing::Test {
 protected:
  void write(const std::string& certificate, const std::string& key) const {
    std::ofstream(files_.certificate) << certificate;
    std::ofstream(files_.key) << key;
  }

  // Makes the new content visible at once, as a rename does.
  static void replace(const std::filesystem::path& file, const std::string& content) {
    const std::filesystem::path next = file.string() + ".next";
    std::ofstream(next) << content;
    std::filesystem::rename(next, file);
  }

  Result<std::unique_ptr<TlsCertificate>> open(std::chrono::milliseconds period = std::chrono::hours(1)) {
    return TlsCertificate::open(files_, metrics_, Log::silent(), period);
  }

  void expect_refused(const std::string& setting, const std::string& why) {
    const auto opened = open();
    ASSERT_FALSE(opened) << why;
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(opened.error().field, setting);
    EXPECT_THAT(opened.error().message, HasSubstr(why));
  }

  // The name in the certificate that new connections get.
  static std::string name_in(const TlsCertificate& certificate) {
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_CTX_get0_certificate(certificate.context().get())),
                              NID_commonName, name.data(), name.size());
    return name.data();
  }
  static void wait_for_name(const TlsCertificate& certificate, const std::string& name) {
    while (name_in(certificate) != name) std::this_thread::yield();
  }

  TempDir folder_;
  TlsFiles files_{.certificate = folder_.path() / "cert.pem", .key = folder_.path() / "key.pem"};
  Metrics metrics_;
};

TEST_F(TlsCertificateTest, OpensAPair) {
  const TestCertificate pair("one");
  write(pair.certificate(), pair.key());
  EXPECT_EQ(name_in(*open().value()), "one");
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_tls_certificate_expiry_timestamp_seconds"));
  const TestCertificate rsa("rsa", EVP_RSA_gen(2048));
  write(rsa.certificate(), rsa.key());
  EXPECT_EQ(name_in(*open().value()), "rsa");
}

TEST_F(TlsCertificateTest, TheAuthoritiesFollowTheCertificate) {
  const TestCertificate pair("one");
  write("a comment\n" + pair.certificate() + TestCertificate("two").certificate() +
            TestCertificate("three").certificate(),
        pair.key());
  const auto certificate = open().value();
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(certificate->context().get(), &chain);
  EXPECT_EQ(sk_X509_num(chain), 2);
}

TEST_F(TlsCertificateTest, OneFileMayHaveBoth) {
  const TestCertificate pair("one");
  write(pair.key() + pair.certificate(), "");
  files_.key = files_.certificate;
  EXPECT_EQ(name_in(*open().value()), "one");
}

TEST_F(TlsCertificateTest, UnusableFilesAreRefused) {
  const TestCertificate pair("one");
  expect_refused("TLS_CERT", "cert.pem cannot be read: ");
  write("", pair.key());
  expect_refused("TLS_CERT", "has no certificate in PEM form");
  write(pair.key(), pair.key());
  expect_refused("TLS_CERT", "has no certificate in PEM form");
  write(pair.certificate().substr(0, 200), pair.key());
  expect_refused("TLS_CERT", "has no certificate in PEM form");
  write(pair.certificate() + pair.certificate().substr(0, 200), pair.key());
  expect_refused("TLS_CERT", "has a damaged certificate after the first");
  write(pair.certificate(), "");
  expect_refused("TLS_KEY", "has no private key in PEM form without a password");
  write(pair.certificate(), pair.encrypted_key());
  expect_refused("TLS_KEY", "has no private key in PEM form without a password");
  write(pair.certificate(), TestCertificate("one").key());
  expect_refused("TLS_KEY", "is not the key of the certificate in TLS_CERT");
  write(pair.certificate(), TestCertificate("one", EVP_RSA_gen(2048)).key());
  expect_refused("TLS_KEY", "is not the key of the certificate in TLS_CERT");
  const TestCertificate weak("weak", EVP_RSA_gen(1024));
  write(weak.certificate(), weak.key());
  expect_refused("TLS_CERT", "not accepted");
  write(pair.certificate(), pair.key());
  std::filesystem::remove(files_.key);
  expect_refused("TLS_KEY", "key.pem cannot be read: ");
  std::filesystem::create_directory(files_.key);
  expect_refused("TLS_KEY", "cannot be read");
}

TEST_F(TlsCertificateTest, ChangedFilesAreUsed) {
  const TestCertificate first("first");
  const TestCertificate second("second");
  write(first.certificate(), first.key());
  const auto certificate = open(std::chrono::milliseconds(1)).value();
  const auto of_open_connections = certificate->context();
  replace(files_.certificate, second.certificate());
  replace(files_.key, second.key());
  wait_for_name(*certificate, "second");
  EXPECT_NE(certificate->context(), of_open_connections);
}

TEST_F(TlsCertificateTest, ReloadingReadsTheFilesAndUnusableOnesChangeNothing) {
  const TestCertificate first("first");
  const TestCertificate second("second");
  write(first.certificate(), first.key());
  const auto certificate = open().value();
  const auto context = certificate->context();
  replace(files_.certificate, second.certificate());
  certificate->reload();
  replace(files_.certificate, "damaged");
  certificate->reload();
  EXPECT_EQ(certificate->context(), context);
  replace(files_.certificate, second.certificate());
  replace(files_.key, second.key());
  certificate->reload();
  wait_for_name(*certificate, "second");
}

}  // namespace
}  // namespace fit::http
