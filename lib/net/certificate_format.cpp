#include "net/certificate_format.hpp"

#include "core/shell_word.hpp"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <string_view>

namespace tunnelkeyd::net {

namespace {

constexpr std::string_view border = "-----BEGIN ";
constexpr std::size_t longest_label = 40;

/// Of the first block: "PRIVATE KEY"; "" where there is none, or none that people should see.
std::string first_label(std::string_view text) {
    const auto at = text.find(border);
    if (at == std::string_view::npos)
        return "";
    text = text.substr(at + border.size(), longest_label);
    const auto size = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");
    return size == std::string_view::npos || text[size] != '-' ? "" : std::string(text.substr(0, size));
}

template <auto Read, auto Free>
bool is_der_of(const wiping_string& text) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    auto* const object = Read(nullptr, &bytes, static_cast<long>(text.size()));
    Free(object);
    ERR_clear_error();
    return object != nullptr;
}

std::string convert(const std::string& path, const char* command) {
    return "convert it, and name what comes out: openssl " + std::string(command) + " -in " +
           core::shell_word(path) + " -out " + core::shell_word(path + ".pem");
}

tls_failure other_block(const std::string& label, const std::string& path) {
    if (label == "PKCS7" || label == "CMS")
        return {"it is PKCS #7", convert(path, "pkcs7 -print_certs")};
    if (label.ends_with("CERTIFICATE REQUEST"))
        return {"it holds a request for a certificate, and no certificate",
                "have it signed, and name the certificate that you get"};
    if (label.ends_with("PRIVATE KEY"))
        return {"it holds a private key, and no certificate", "name the file that holds the certificate"};
    return {"it holds no certificate, but a block of the kind " + label,
            "name the file that holds the certificate"};
}

}  // namespace

tls_failure explain_no_certificate(const wiping_string& text, const std::string& path,
                                   const std::string& reason) {
    if (text.find("-----BEGIN CERTIFICATE-----") != wiping_string::npos)
        return {"a certificate in it cannot be read (" + reason + ")",
                "get it anew: it must be whole, from its line BEGIN CERTIFICATE to its line END CERTIFICATE"};
    if (const auto label = first_label(text); !label.empty())
        return other_block(label, path);
    if (is_der_of<d2i_X509, X509_free>(text))
        return {"it is DER, not PEM", convert(path, "x509 -inform der")};
    if (is_der_of<d2i_PKCS7, PKCS7_free>(text))
        return {"it is PKCS #7 as DER, not PEM", convert(path, "pkcs7 -inform der -print_certs")};
    if (is_der_of<d2i_PKCS12, PKCS12_free>(text))
        return {"it is PKCS #12, not PEM",
                convert(path, "pkcs12 -nokeys") + " (its key: -nocerts in place of -nokeys)"};
    const bool empty = text.find_first_not_of(" \t\r\n") == wiping_string::npos;
    return {empty ? "it is empty" : "it holds no certificate (" + reason + ")",
            "put the certificate into it, as PEM: that begins with -----BEGIN CERTIFICATE-----"};
}

}  // namespace tunnelkeyd::net
