#pragma once

#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// What stands in the way of a rotation: what was found, and what to do about it. Never contains a secret.
struct trouble {
    std::string_view code;  ///< a literal, stable: "credentials_refused". Alarms may match it
    std::string what;       ///< for people
    std::string remedy;     ///< for people; "" where `what` says that itself
};

/// What to do about "secret_unreadable", where `what` names the secret or file.
inline constexpr const char* unreadable_remedy =
    "mend what the last error names: a file is read again by itself, a variable or a systemd credential at the "
    "next start";

/// Does it stay in the way until a person has mended something? Else it may pass by itself.
inline bool waits_for_person(const trouble& found) {
    for (const std::string_view code :
         {"secret_unreadable", "api_key_refused", "credentials_refused", "wrong_url", "regenerate_refused"})
        if (found.code == code)
            return true;
    return false;
}

}  // namespace tunnelkeyd::core
