#include "store/sealing.hpp"

#include "store/hex.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::store {

namespace {

constexpr char format_version = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t head_size = 1 + nonce_size;

struct free_context {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

/// Plain text on its way out of OpenSSL.
class wiped_buffer {
public:
    explicit wiped_buffer(std::size_t size) : bytes_(size, '\0') {}
    ~wiped_buffer() { core::wipe(bytes_); }
    wiped_buffer(const wiped_buffer&) = delete;
    wiped_buffer& operator=(const wiped_buffer&) = delete;
    std::string& bytes() noexcept { return bytes_; }

private:
    std::string bytes_;
};

const unsigned char* in(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* out(char* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

void append_number(std::string& to, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
        to += static_cast<char>(number >> shift);
}

void append_text(std::string& to, std::string_view text) {
    append_number(to, text.size());
    to += text;
}

/// Lengths come first, so that no two identities give the same bytes.
std::string associated_data(const core::identity& tunnel, std::uint64_t generation) {
    std::string data;
    append_text(data, "tunnelkeyd pending key 1");
    append_text(data, tunnel.organization_id);
    append_text(data, tunnel.hostname);
    append_number(data, generation);
    return data;
}

void check(int result) {
    if (result != 1)
        throw std::runtime_error("OpenSSL could not seal the key");
}

}  // namespace

sealer::sealer(core::secret key) : key_(std::move(key)) {
    if (key_.size() != key_size)
        throw std::invalid_argument("a sealing key is 32 bytes");
}

std::string sealer::seal(const core::identity& tunnel, std::uint64_t generation,
                         const core::secret& plain) const {
    if (plain.size() > longest)
        throw std::runtime_error("the key is longer than 1 MiB");
    const auto data = associated_data(tunnel, generation);
    std::string sealed(head_size + plain.size() + tag_size, '\0');
    sealed[0] = format_version;
    char* const nonce = sealed.data() + 1;
    char* const text = sealed.data() + head_size;
    // 96 random bits: NIST SP 800-38D (8.3) allows 2^32 seals under one key, more than any daemon will make.
    check(RAND_bytes(out(nonce), nonce_size));

    const context gcm(EVP_CIPHER_CTX_new());
    int size = 0;
    check(EVP_EncryptInit_ex(gcm.get(), EVP_aes_256_gcm(), nullptr, in(key_.reveal()), out(nonce)));
    check(EVP_EncryptUpdate(gcm.get(), nullptr, &size, in(data), static_cast<int>(data.size())));
    check(EVP_EncryptUpdate(gcm.get(), out(text), &size, in(plain.reveal()), static_cast<int>(plain.size())));
    check(EVP_EncryptFinal_ex(gcm.get(), out(text) + size, &size));
    check(EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_GCM_GET_TAG, tag_size, text + plain.size()));
    return sealed;
}

std::optional<core::secret> sealer::unseal(const core::identity& tunnel, std::uint64_t generation,
                                           std::string_view sealed) const {
    if (sealed.size() < head_size + tag_size || sealed.size() > head_size + longest + tag_size ||
        sealed[0] != format_version)
        return std::nullopt;
    const auto data = associated_data(tunnel, generation);
    const auto nonce = sealed.substr(1, nonce_size);
    const auto text = sealed.substr(head_size, sealed.size() - head_size - tag_size);
    std::string tag(sealed.substr(sealed.size() - tag_size));

    const context gcm(EVP_CIPHER_CTX_new());
    wiped_buffer plain(text.size());
    int size = 0;
    const bool opened =
        EVP_DecryptInit_ex(gcm.get(), EVP_aes_256_gcm(), nullptr, in(key_.reveal()), in(nonce)) == 1 &&
        EVP_DecryptUpdate(gcm.get(), nullptr, &size, in(data), static_cast<int>(data.size())) == 1 &&
        EVP_DecryptUpdate(gcm.get(), out(plain.bytes().data()), &size, in(text),
                          static_cast<int>(text.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(gcm.get(), out(plain.bytes().data()) + size, &size) == 1;
    if (!opened)
        return std::nullopt;
    return core::secret(plain.bytes());
}

std::string sealer::check_value() const {
    constexpr std::string_view purpose = "tunnelkeyd sealing key check 1";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!HMAC(EVP_sha256(), key_.reveal().data(), static_cast<int>(key_.size()), in(purpose), purpose.size(),
              digest, &size))
        throw std::runtime_error("OpenSSL cannot compute an HMAC-SHA-256");
    return to_hex({reinterpret_cast<const char*>(digest), size});
}

}  // namespace tunnelkeyd::store
