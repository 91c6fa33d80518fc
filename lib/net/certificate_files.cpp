#include "net/certificate_files.hpp"

#include "net/certificate_text.hpp"
#include "net/openssl_ptr.hpp"
#include "net/pem_file.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace tunnelkeyd::net {

std::optional<core::certificate> certificate_files::read(const std::string& file) const {
    const auto found = read_pem_file(file, false);
    if (!found.problem.empty())
        return std::nullopt;
    const openssl_ptr<BIO, BIO_free> from(
        BIO_new_mem_buf(found.text.data(), static_cast<int>(found.text.size())));
    const openssl_ptr<X509, X509_free> own(PEM_read_bio_X509_AUX(from.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return own ? std::optional(read_certificate(own.get())) : std::nullopt;
}

}  // namespace tunnelkeyd::net
