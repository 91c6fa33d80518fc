#include "net/tls_contexts.hpp"
#include "support/client_fixture.hpp"

#include <filesystem>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;

TEST_CASE("connections with the same settings share a context, whatever name they ask for") {
    const temporary_file file(test_authority().pem());
    const tests::fake_secrets no_secrets;
    net::tls_contexts contexts(no_secrets);
    const auto first = contexts.get({file.path(), "", core::tls_version::v1_2});
    REQUIRE(first.context);
    CHECK(contexts.get({file.path(), "other.example", core::tls_version::v1_2}).context == first.context);
    CHECK(contexts.get({file.path(), "", core::tls_version::v1_3}).context != first.context);
    CHECK(contexts.get({}).context != first.context);
    CHECK(contexts.get({}).context == contexts.get({}).context);
    CHECK(contexts.get({file.path(), "", core::tls_version::v1_2}).context == first.context);
}

TEST_CASE("a ca_file that has changed is read again") {
    const temporary_file file(test_authority().pem());
    const core::tls_settings settings{file.path(), "", core::tls_version::v1_2};
    const tests::fake_secrets no_secrets;
    net::tls_contexts contexts(no_secrets);
    const auto first = contexts.get(settings);
    file.write(test_authority().pem() + make_identity({"another", "", -60, 60, true}).pem());
    CHECK(contexts.get(settings).context != first.context);
    file.write("no certificate");
    CHECK_FALSE(contexts.get(settings).context);
}

TEST_CASE("a ca_file that cannot be used is named, with the reason") {
    const temporary_file file("no certificate");
    const auto directory = std::filesystem::path(file.path()).parent_path().string();
    const tests::fake_secrets no_secrets;
    net::tls_contexts contexts(no_secrets);
    for (const auto& [path, reason, remedy] :
         {std::tuple{directory + "/missing.pem", "No such file or directory", "correct the path"},
          std::tuple{directory, "Not a regular file", "name a file"},
          std::tuple{std::string("/home/missing.pem"), "No such file or directory", "sees nothing below /home"},
          std::tuple{file.path(), "no certificate or crl found", "-----BEGIN CERTIFICATE-----"}}) {
        const auto result = contexts.get({path, "", core::tls_version::v1_2});
        CHECK_FALSE(result.context);
        CHECK_THAT(result.failure.problem, Contains("tls.ca_file " + path + ": ") && Contains(reason));
        CHECK_THAT(result.failure.remedy, Contains(remedy));
    }
}

TEST_CASE("a request whose ca_file cannot be used has sent nothing") {
    client_fixture with;
    auto where = with.to("https://127.0.0.1:1");
    where.tls.ca_file = "/missing.pem";
    const auto result = with.send(where);
    CHECK(result.reached == core::reached::nothing);
    CHECK_THAT(result.problem, Contains("/missing.pem: No such file"));
}

TEST_CASE("a context is kept while a key's password cannot be read, and trying anew tells of that") {
    const auto own = make_identity({"rotator", ""}, &test_authority());
    const temporary_file both(own.pem() + own.key_pem("password"));
    std::filesystem::permissions(both.path(), std::filesystem::perms::owner_read);
    tests::fake_secrets secrets;
    secrets.values["P"] = "password";
    net::tls_contexts contexts(secrets);
    core::tls_settings settings;
    settings.client_certificate = both.path();
    settings.client_key_password = core::secret_reference{core::secret_reference::source::env, "P"};
    const auto made = contexts.get(settings).context;
    REQUIRE(made);
    CHECK(contexts.try_anew(settings).problem.empty());
    secrets.values.clear();
    CHECK(contexts.get(settings).context == made);
    CHECK_THAT(contexts.try_anew(settings).problem, Contains("tls.client_key_password"));
}

TEST_CASE("the cache of contexts is bounded, and forgets the one used least recently") {
    const temporary_file first(test_authority().pem());
    const temporary_file other(test_authority().pem());
    const tests::fake_secrets no_secrets;
    net::tls_contexts contexts(no_secrets);
    const core::tls_settings kept{first.path(), "", core::tls_version::v1_2};
    const core::tls_settings dropped{other.path(), "", core::tls_version::v1_2};
    const std::weak_ptr seen = contexts.get(dropped).context;
    const auto context = contexts.get(kept).context;
    for (int i = 0; i < 64; ++i) {
        const temporary_file more(test_authority().pem());
        CHECK(contexts.get({more.path(), "", core::tls_version::v1_2}).context);
        CHECK(contexts.get(kept).context == context);
    }
    CHECK(seen.expired());
}
