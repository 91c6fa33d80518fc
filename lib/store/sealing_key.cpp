#include "store/sealing_key.hpp"

#include "store/error.hpp"
#include "store/file.hpp"
#include "store/hex.hpp"
#include "store/sealing.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tunnelkeyd::store {

namespace {

constexpr std::size_t hex_size = 2 * sealer::key_size;
constexpr std::size_t base64_size = 44;
constexpr std::size_t most_read = 256;  // of the file: what follows the key is an error anyway

/// Room for a key in one of its forms.
struct wiped_bytes {
    std::array<char, most_read> bytes{};
    wiped_bytes() = default;
    wiped_bytes(const wiped_bytes&) = delete;
    wiped_bytes& operator=(const wiped_bytes&) = delete;
    ~wiped_bytes() { ::explicit_bzero(bytes.data(), bytes.size()); }
};

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// EVP_DecodeBlock() skips white space and counts padding as bytes: the form is checked first.
bool from_base64(std::string_view text, char* out) {
    if (text.back() != '=' || !std::all_of(text.begin(), text.end() - 1, is_base64))
        return false;
    return EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out),
                           reinterpret_cast<const unsigned char*>(text.data()),
                           static_cast<int>(text.size())) == static_cast<int>(sealer::key_size) + 1;
}

core::secret read_key(const descriptor& file, const std::string& path) {
    struct stat found {};
    if (::fstat(file.number(), &found) != 0)
        throw_errno(path, "cannot be looked at");
    if (!S_ISREG(found.st_mode))
        throw error(error_kind::sealing_key, path + " is not a plain file: remove it");
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw error(error_kind::sealing_key, path + " is open to others than its owner: chmod 600 it");
    wiped_bytes text;
    const auto size = ::pread(file.number(), text.bytes.data(), text.bytes.size(), 0);
    if (size < 0)
        throw_errno(path, "cannot be read");
    std::string_view key(text.bytes.data(), static_cast<std::size_t>(size));
    if (key.ends_with('\n'))
        key.remove_suffix(1);
    return parse_sealing_key(key, path);
}

core::secret make_key(const std::string& directory, const std::string& path) {
    wiped_bytes raw;
    if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(raw.bytes.data()), sealer::key_size) != 1)
        throw error(error_kind::unusable, "OpenSSL has no randomness for " + path);
    core::secret key({raw.bytes.data(), sealer::key_size});
    auto text = to_hex(key.reveal());
    const core::secret hex(text);
    core::wipe(text);

    const auto unfinished = path + ".new";
    ::unlink(unfinished.c_str());
    const auto file = create_private_file(unfinished);
    if (::write(file.number(), hex.reveal().data(), hex.size()) != static_cast<ssize_t>(hex.size()) ||
        ::fsync(file.number()) != 0)
        throw_errno(unfinished, "cannot be written");
    rename_durably(directory, unfinished, path);
    return key;
}

}  // namespace

core::secret parse_sealing_key(std::string_view text, const std::string& origin) {
    wiped_bytes raw;
    const bool good = (text.size() == hex_size && from_hex(text, raw.bytes.data())) ||
                      (text.size() == base64_size && from_base64(text, raw.bytes.data()));
    if (!good)
        throw error(error_kind::sealing_key,
                    origin +
                        " is not a sealing key, which is 64 hex digits or 32 bytes in base64: put the old one "
                        "back, or make one with `openssl rand -hex 32`");
    return core::secret({raw.bytes.data(), sealer::key_size});
}

sealing_key_file read_or_make_sealing_key(const std::string& directory) {
    const auto path = directory + "/sealing.key";
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file)
        return {read_key(file, path), false};
    if (errno == ELOOP)
        throw error(error_kind::sealing_key, path + " is a symbolic link: put the file itself there");
    if (errno != ENOENT)
        throw_errno(path, "cannot be opened");
    return {make_key(directory, path), true};
}

}  // namespace tunnelkeyd::store
