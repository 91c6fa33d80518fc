#include "net/client_identity.hpp"
#include "support/client_fixture.hpp"

#include <filesystem>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

constexpr auto private_mode = fs::perms::owner_read | fs::perms::owner_write;

/// The files of a client, and what comes of using them.
struct client_files {
    client_files() {
        fs::permissions(certificate.path(), private_mode);
        fs::permissions(key.path(), private_mode);
    }
    std::string use() const {
        const net::openssl_ptr<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_security_level(context.get(), 2);
        const auto failure = net::use_client_identity(context.get(), settings, secrets);
        CHECK(failure.problem.empty() == failure.remedy.empty());
        auto problem = failure.text();
        shown = SSL_CTX_get0_certificate(context.get()) != nullptr;
        CHECK(problem.find(password) == std::string::npos);
        return problem;
    }

    const std::string password = "not-to-be-seen";
    identity own = make_identity({"rotator", ""}, &test_authority());
    temporary_file certificate{own.pem()};
    temporary_file key{own.key_pem()};
    core::tls_settings settings{"", "", core::tls_version::v1_2, certificate.path(), key.path(), std::nullopt};
    tests::fake_secrets secrets;
    mutable bool shown = false;
};

}  // namespace

TEST_CASE_METHOD(client_files, "a certificate is used with its key, in two files or in one, in any order") {
    CHECK(use().empty());
    CHECK(shown);
    settings.client_key.clear();
    certificate.write(own.pem() + own.key_pem());
    CHECK(use().empty());
    certificate.write(own.key_pem() + own.pem());
    CHECK(use().empty());
}

TEST_CASE_METHOD(client_files, "no certificate is used where none is configured") {
    settings = {};
    CHECK(use().empty());
    CHECK_FALSE(shown);
}

TEST_CASE_METHOD(client_files, "an encrypted key is opened by its password alone") {
    key.write(own.key_pem(password));
    CHECK_THAT(use(), Contains("tls.client_key " + key.path()) && Contains("set tls.client_key_password"));
    settings.client_key_password = core::secret_reference{core::secret_reference::source::env, "KEY_PASSWORD"};
    CHECK_THAT(use(), Contains("tls.client_key_password: ") && Contains("KEY_PASSWORD"));
    secrets.values["KEY_PASSWORD"] = "another";
    CHECK_THAT(use(), Contains("cannot be decrypted") && Contains("tls.client_key_password is the right one"));
    secrets.values["KEY_PASSWORD"] = password;
    CHECK(use().empty());
}

TEST_CASE_METHOD(client_files, "a private key that everybody may read is refused, in either file") {
    settings.client_key = GENERATE(true, false) ? key.path() : "";
    certificate.write(own.pem() + own.key_pem());
    const auto at = settings.client_key.empty() ? certificate.path() : key.path();
    fs::permissions(at, private_mode | fs::perms::others_read);
    CHECK_THAT(use(), Contains("everybody") && Contains("chmod o-r " + at));
}

TEST_CASE_METHOD(client_files, "a certificate without its key is nothing secret") {
    fs::permissions(certificate.path(), private_mode | fs::perms::others_read);
    CHECK(use().empty());
}

TEST_CASE_METHOD(client_files, "files that cannot be used are named, with their setting and the reason") {
    const auto stranger = make_identity({"stranger", ""});
    std::string setting = "tls.client_key " + key.path();
    std::string reason;
    SECTION("a missing key") {
        fs::remove(key.path());
        reason = "No such file";
    }
    SECTION("a missing certificate") {
        fs::remove(certificate.path());
        setting = "tls.client_certificate " + certificate.path();
        reason = "No such file";
    }
    SECTION("a directory") {
        settings.client_certificate = fs::path(certificate.path()).parent_path();
        setting = "tls.client_certificate " + settings.client_certificate;
        reason = "Not a regular file";
    }
    SECTION("an empty certificate, as while it is written") {
        certificate.write("");
        setting = "tls.client_certificate " + certificate.path();
        reason = "it is empty";
    }
    SECTION("a chain that breaks off") {
        const auto chain = own.pem() + test_authority().pem();
        certificate.write(chain.substr(0, chain.size() - 100));
        setting = "tls.client_certificate " + certificate.path();
        reason = "a certificate of its chain cannot be read";
    }
    SECTION("no key") {
        key.write(own.pem());
        reason = "holds no private key";
    }
    SECTION("a key that breaks off") {
        key.write(own.key_pem().substr(0, 100));
        reason = "holds no private key";
    }
    SECTION("another's key") {
        key.write(stranger.key_pem());
        reason = "not that of the certificate in " + certificate.path() +
                 " (CN=rotator, issued by CN=test authority";
    }
    const auto problem = use();
    CHECK_THAT(problem, Contains(setting) && Contains(reason));
}
