#include "net/certificate_files.hpp"
#include "support/client_fixture.hpp"

#include <filesystem>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

constexpr long day = 24 * 3600;

/// The subject; "" where nothing was read.
std::string read(const temporary_file& file) {
    const auto found = net::certificate_files().read(file.path());
    return found ? found->subject : "";
}

}  // namespace

TEST_CASE("a certificate's file tells whose it is, and to the second until when") {
    const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto own = make_identity({"rotator", "", -20 * day, 40 * day}, &test_authority());
    const auto after = std::chrono::system_clock::now();
    const temporary_file file(own.pem());
    const auto found = net::certificate_files().read(file.path());
    REQUIRE(found);
    CHECK(found->subject == "CN=rotator");
    CHECK(found->issuer == "CN=test authority");
    CHECK(found->not_after >= before + std::chrono::days(40));
    CHECK(found->not_after <= after + std::chrono::days(40));
}

TEST_CASE("of several certificates in a file the first is the client's own, wherever a key stands") {
    const auto own = make_identity({"rotator", ""}, &test_authority());
    CHECK(read(temporary_file(own.pem() + test_authority().pem())) == "CN=rotator");
    CHECK(read(temporary_file(own.key_pem() + own.pem() + test_authority().pem())) == "CN=rotator");
    CHECK(read(temporary_file(own.pem() + own.key_pem("secret"))) == "CN=rotator");
}

TEST_CASE("what is no certificate, or not a whole one, tells nothing") {
    const auto own = make_identity({"rotator", ""});
    CHECK(read(temporary_file("")).empty());
    CHECK(read(temporary_file("no PEM")).empty());
    CHECK(read(temporary_file(own.key_pem())).empty());
    CHECK(read(temporary_file(own.pem().substr(0, 200))).empty());
    const temporary_file file("");
    CHECK_FALSE(net::certificate_files().read(std::filesystem::path(file.path()).parent_path()));
    std::filesystem::remove(file.path());
    CHECK(read(file).empty());
}
