#include "net/certificate_text.hpp"

#include "net/openssl_ptr.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t longest_name = 200;
constexpr int most_certificates = 10;
constexpr std::size_t most_names = 5;

/// The beginning of 1970 for what is no time.
core::wall_time time_of(const ASN1_TIME* at) {
    std::tm parts{};
    if (!at || ASN1_TIME_to_tm(at, &parts) != 1)
        return {};
    return core::wall_time(std::chrono::seconds(::timegm(&parts)));
}

std::string cut(std::string text) {
    if (text.size() > longest_name)
        text.replace(longest_name, std::string::npos, "...");
    return text;
}

/// "" where it is of another kind, or holds what no name does.
std::string text_of(const GENERAL_NAME* name) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &kind));
    if (kind != GEN_DNS && kind != GEN_IPADD)
        return "";
    const auto* bytes = ASN1_STRING_get0_data(value);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
    if (kind == GEN_IPADD) {
        char text[INET6_ADDRSTRLEN];
        const bool known = size == 4 || size == 16;
        return known && ::inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text) ? text : "";
    }
    const bool plain = std::all_of(bytes, bytes + size, [](unsigned char c) { return c > ' ' && c < 0x7f; });
    return plain ? cut(std::string(bytes, bytes + size)) : "";
}

}  // namespace

std::string text_of(const X509_NAME* name) {
    const openssl_ptr<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    if (!name || !memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253) < 0)
        return "?";
    std::string text(longest_name + 1, '\0');
    const int size = BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text.empty() ? "no subject" : cut(std::move(text));
}

core::certificate read_certificate(const X509* from) {
    return {text_of(X509_get_subject_name(from)), text_of(X509_get_issuer_name(from)),
            time_of(X509_get0_notAfter(from)), time_of(X509_get0_notBefore(from))};
}

std::vector<core::certificate> describe_chain(const STACK_OF(X509) * chain) {
    std::vector<core::certificate> found;
    const int count = chain ? std::min(sk_X509_num(chain), most_certificates) : 0;
    for (int i = 0; i < count; ++i)
        found.push_back(read_certificate(sk_X509_value(chain, i)));
    return found;
}

std::string alternative_names(const X509* of) {
    const openssl_ptr<GENERAL_NAMES, GENERAL_NAMES_free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(of, NID_subject_alt_name, nullptr, nullptr)));
    std::string text;
    std::size_t count = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto name = text_of(sk_GENERAL_NAME_value(names.get(), i));
        if (name.empty())
            continue;
        if (++count > most_names)
            return text + ", ...";
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

}  // namespace tunnelkeyd::net
