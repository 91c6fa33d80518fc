#include "core/secret.hpp"

#include <cstring>
#include <utility>

namespace tunnelkeyd::core {

secret::secret(std::string_view text) : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
    text.copy(bytes_.get(), text.size());
}

secret::secret(secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {
}

secret& secret::operator=(secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

secret::~secret() {
    wipe();
}

void secret::wipe() noexcept {
    if (bytes_)
        ::explicit_bzero(bytes_.get(), size_);
}

bool operator==(const secret& a, const secret& b) noexcept {
    if (a.size_ != b.size_)
        return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size_; ++i)
        difference |= static_cast<unsigned char>(a.bytes_[i] ^ b.bytes_[i]);
    return difference == 0;
}

std::string redacted(std::string text, const secret& hidden) {
    if (hidden.empty() || text.find(hidden.reveal()) == std::string::npos)
        return text;
    wipe(text);
    return "[redacted]";
}

void wipe(std::string& text) noexcept {
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace tunnelkeyd::core
