#pragma once

#include "core/requests.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::serve {

/// What the control socket asks of the daemon. Each call answers once, from the loop's thread, perhaps from
/// inside the call. `by` is who asks, for log and history: "root", "uid 1000 (alice)". `tunnel` is its name or
/// its hostname; refusals of one that is not there have the code "unknown_tunnel".
class operations {
public:
    template <class T>
    using handler = std::function<void(core::result_of<T>)>;

    virtual ~operations() = default;

    virtual void reload(const std::string& by, handler<core::reload_outcome> done) = 0;
    virtual void rotate(const std::string& tunnel, const std::string& by,
                        handler<core::rotate_report> done) = 0;
    virtual void pause(const std::string& tunnel, bool pause, const std::string& by,
                       handler<core::pause_report> done) = 0;
    /// Takes as long as its slowest check: a minute or two where the instance is dead.
    virtual void preflight(const std::string& tunnel, handler<core::examination> done) = 0;
    /// `tunnel` "": of all. The newest first.
    virtual void history(const std::string& tunnel, std::size_t limit,
                         handler<std::vector<core::past_rotation>> done) = 0;
    virtual void pending(handler<std::vector<core::pending_report>> done) = 0;
    virtual void reveal(const std::string& tunnel, const std::string& by, handler<core::revealed_key> done) = 0;
    /// `number`: only if that is still the stored key's.
    virtual void resolve(const std::string& tunnel, core::resolution how, std::optional<std::uint64_t> number,
                         const std::string& by, handler<core::resolve_report> done) = 0;
};

}  // namespace tunnelkeyd::serve
