"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import photos, products

app_name = "catalog"
urlpatterns = [
    path("products/", products.PRODUCTS.as_view(), name="product_list"),
    path("products/<int:pk>/", products.product_detail, name="product_detail"),
    path("products/<int:pk>/state/", products.product_state, name="product_state"),
    path("variants/<int:pk>/", products.variant_page, name="variant_page"),
    path("variants/<int:pk>/price/", products.variant_price, name="variant_price"),
    path("variants/<int:pk>/picture/", products.variant_picture, name="variant_picture"),
    path("products/<int:pk>/photos/", photos.product_photos, name="product_photos"),
    path("products/<int:pk>/photos/upload/", photos.photo_upload, name="photo_upload"),
    path("photos/", photos.PHOTOS.as_view(), name="photo_list"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/file/<slug:size>/", photos.photo_file, name="photo_file"),
    path("photos/<int:pk>/sign-off/", photos.photo_sign_off, name="photo_sign_off"),
    path("photos/<int:pk>/refuse/", photos.photo_refuse, name="photo_refuse"),
    path("photos/<int:pk>/retire/", photos.photo_retire, name="photo_retire"),
    path("photos/<int:pk>/bring-back/", photos.photo_bring_back, name="photo_bring_back"),
    path("photos/<int:pk>/move/", photos.photo_move, name="photo_move"),
    path("photos/<int:pk>/describe/", photos.photo_describe, name="photo_describe"),
    path("shots/", photos.SHOTS.as_view(), name="shot_list"),
    path("shots/<int:pk>/", photos.shot, name="shot"),
]
