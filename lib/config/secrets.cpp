#include "config/secrets.hpp"

#include "files/regular_file.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace tunnelkeyd::config {

namespace {

using result = std::variant<core::secret, ports::secret_error>;
using source = core::secret_reference::source;

constexpr std::size_t longest = 64 * 1024;

/// Room for one byte too many, which is how a file that is too long shows. Wiped.
struct buffer {
    buffer() = default;
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { ::explicit_bzero(bytes.data(), bytes.size()); }
    std::array<char, longest + 1> bytes;
};

result failed(const core::secret_reference& from, const std::string& what) {
    return ports::secret_error{core::describe(from) + ": " + what};
}

result checked(const core::secret_reference& from, std::string_view content) {
    if (content.size() > longest)
        return failed(from, "longer than 64 KiB; is it the right one?");
    if (content.ends_with('\n'))
        content.remove_suffix(content.ends_with("\r\n") ? 2 : 1);
    if (content.empty())
        return failed(from, "empty; write the secret into it");
    if (content.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
        return failed(from, "more than one line; write only the secret into it");
    return core::secret(content);
}

result read_file(const core::secret_reference& from, const std::string& path) {
    if (path.find('\0') != std::string::npos)
        return failed(from, "not a path");
    files::regular_file file(path);
    if (!file.problem().empty())
        return failed(from, "cannot be opened: " + file.problem() +
                                "; it must exist and be readable for the daemon's user");
    if (file.readable_by_everybody())
        return failed(from, "everybody on this machine may read it; run `chmod o-r " + path +
                                "` (in a Kubernetes volume: defaultMode: 0440), and consider the secret known");
    buffer read;
    const auto size = file.read(read.bytes.data(), read.bytes.size());
    if (!file.problem().empty())
        return failed(from, "cannot be read: " + file.problem());
    return checked(from, {read.bytes.data(), size});
}

result read_credential(const core::secret_reference& from, const environment& lookup) {
    const auto& name = from.value;
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
        return failed(from, "a credential's name is a file's name, without slashes");
    const char* directory = lookup("CREDENTIALS_DIRECTORY");
    if (directory == nullptr || *directory == '\0')
        return failed(from, "$CREDENTIALS_DIRECTORY is not set; add `LoadCredential=" + name +
                                ":PATH` to the service, or refer to a {file: PATH}");
    return read_file(from, std::string(directory) + "/" + name);
}

result read_variable(const core::secret_reference& from, const environment& lookup) {
    const char* value = lookup(from.value.c_str());
    if (value == nullptr)
        return failed(from, "not set; set it where the daemon is started");
    return checked(from, value);
}

}  // namespace

secret_reader::secret_reader(environment lookup) : lookup_(std::move(lookup)) {
}

result secret_reader::read(const core::secret_reference& from) const {
    switch (from.from) {
    case source::file:
        return read_file(from, from.value);
    case source::credential:
        return read_credential(from, lookup_);
    case source::env:
        return read_variable(from, lookup_);
    }
    return failed(from, "unknown kind of reference");
}

}  // namespace tunnelkeyd::config
