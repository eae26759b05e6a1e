"""The web page: what merchants see, and the routes only the page needs."""

from page.assistant import Assistant
from page.routes import add_page_routes
from page.view import build_page, mount_page

__all__ = ["Assistant", "add_page_routes", "build_page", "mount_page"]
