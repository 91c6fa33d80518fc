#include "net/certificate_format.hpp"
#include "support/certificates.hpp"

#include <catch2/catch.hpp>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include <string_view>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;

namespace {

template <auto Write, class T>
std::string der(const T* object) {
    unsigned char* bytes = nullptr;
    const int size = Write(object, &bytes);
    REQUIRE(size > 0);
    std::string text(bytes, bytes + size);
    OPENSSL_free(bytes);
    return text;
}

net::tls_failure explain(std::string_view text, const std::string& path = "/etc/ca.crt") {
    return net::explain_no_certificate(net::wiping_string(text), path, "no start line");
}

}  // namespace

TEST_CASE("a certificate as DER is told as that, with the command that converts it, its path quoted") {
    const auto text = der<i2d_X509>(test_authority().certificate.get());
    CHECK(explain(text).problem == "it is DER, not PEM");
    CHECK_THAT(explain(text).remedy, Contains("openssl x509 -inform der -in /etc/ca.crt -out /etc/ca.crt.pem"));
    CHECK_THAT(explain(text, "/etc/our ca.crt").remedy,
               Contains("-in '/etc/our ca.crt' -out '/etc/our ca.crt.pem'"));
}

TEST_CASE("containers of certificates are told as what they are, with the command that empties them") {
    const net::openssl_ptr<PKCS7, PKCS7_free> bag(PKCS7_new());
    REQUIRE(PKCS7_set_type(bag.get(), NID_pkcs7_signed) == 1);
    REQUIRE(PKCS7_content_new(bag.get(), NID_pkcs7_data) == 1);
    REQUIRE(PKCS7_add_certificate(bag.get(), test_authority().certificate.get()) == 1);
    CHECK(explain(der<i2d_PKCS7>(bag.get())).problem == "it is PKCS #7 as DER, not PEM");
    CHECK_THAT(explain(der<i2d_PKCS7>(bag.get())).remedy,
               Contains("openssl pkcs7 -inform der -print_certs -in "));
    CHECK_THAT(explain("-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----\n").remedy,
               Contains("openssl pkcs7 -print_certs -in "));

    const net::openssl_ptr<PKCS12, PKCS12_free> store(
        PKCS12_create("password", "name", test_authority().key.get(), test_authority().certificate.get(),
                      nullptr, 0, 0, 0, 0, 0));
    REQUIRE(store);
    CHECK(explain(der<i2d_PKCS12>(store.get())).problem == "it is PKCS #12, not PEM");
    CHECK_THAT(explain(der<i2d_PKCS12>(store.get())).remedy, Contains("openssl pkcs12 -nokeys -in "));
}

TEST_CASE("what else stands where a certificate should be is told, and what to do") {
    const auto key = test_authority().key_pem();
    const auto certificate = test_authority().pem();
    const auto [text, problem, remedy] = GENERATE_COPY(table<std::string, std::string, std::string>({
        {"", "it is empty", "put the certificate into it, as PEM"},
        {" \n", "it is empty", "put the certificate into it, as PEM"},
        {key, "it holds a private key, and no certificate", "name the file that holds the certificate"},
        {"-----BEGIN CERTIFICATE REQUEST-----\n", "a request for a certificate", "have it signed"},
        {"-----BEGIN PUBLIC KEY-----\n", "a block of the kind PUBLIC KEY", "name the file"},
        {certificate.substr(0, 100), "a certificate in it cannot be read (no start line)", "it must be whole"},
        {key + certificate.substr(0, 100), "a certificate in it cannot be read (no start line)",
         "it must be whole"},
        {"<html>", "it holds no certificate (no start line)", "BEGIN CERTIFICATE"},
        {"-----BEGIN \x1b[31m-----\n", "it holds no certificate (no start line)", "BEGIN CERTIFICATE"},
        {"-----BEGIN " + std::string(1000, 'A') + "-----\n", "it holds no certificate (no start line)",
         "as PEM"},
    }));
    CHECK_THAT(explain(text).problem, Contains(problem));
    CHECK_THAT(explain(text).remedy, Contains(remedy));
}
