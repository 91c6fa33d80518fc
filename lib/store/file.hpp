#pragma once

#include <string>
#include <string_view>
#include <utility>

/// The few system calls on files that the store makes itself. They throw store::error (unusable).
namespace tunnelkeyd::store {

/// Closes what it holds.
class descriptor {
public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor();

    [[nodiscard]] int number() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

/// "/var/lib/tunnelkeyd/lock cannot be opened: Permission denied; run this as ...", with errno's text and what
/// to do about it.
[[noreturn]] void throw_errno(const std::string& path, std::string_view what_failed);

/// Makes `directory` with mode 0700 unless it is there. Its parent must be: what it takes is said else.
void make_directory(const std::string& directory);

/// Makes the names in `directory` durable: a created or renamed file is there after a power cut.
void sync_directory(const std::string& directory);

/// Makes an empty file with mode 0600. It must not be there.
descriptor create_private_file(const std::string& path);

/// `from` takes the place of `to`, in the same directory, durably.
void rename_durably(const std::string& directory, const std::string& from, const std::string& to);

[[nodiscard]] bool file_exists(const std::string& path);

/// In bytes; 0 where there is no such file.
[[nodiscard]] unsigned long long file_size(const std::string& path);

}  // namespace tunnelkeyd::store
