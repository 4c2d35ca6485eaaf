from governance.accounts.models.api_key import ApiKey
from governance.accounts.models.role_grant import RoleGrant
from governance.accounts.models.saved_view import SavedView
from governance.accounts.models.user import User

__all__ = ["ApiKey", "RoleGrant", "SavedView", "User"]
